"""The page about configuration, made from `Settings` and from the models of the files in `config/`."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from hotline.documents.letter_texts import FIELDS, KIND_LABELS
from hotline.routing.reading import CategoryTable, DepartmentTable, GroupTable
from hotline.settings import Settings

Table = Callable[[Sequence[str], Iterable[Sequence[str]]], str]

MEANINGS: dict[type[BaseModel], dict[str, str]] = {
    GroupTable: {
        "code": "What departments, limits and the API call it.",
        "name": "In Chinese.",
        "name_en": "In English.",
        "also": "Other names by which labelled texts may call it (`hotline rules evaluate`).",
    },
    CategoryTable: {
        "code": "What rules, limits and the API call it.",
        "name": "In Chinese.",
        "name_en": "In English.",
        "group": "Its group. Matters of the group `outside` are not the union's: they are referred, never routed.",
        "refer_to": "The number or office that is right for it, for matters outside the union's duties.",
        "facts": "What should be asked about it; the operator sees what is still missing.",
    },
    DepartmentTable: {
        "code": "What accounts, cases and the API call it. Do not change it once cases have it.",
        "name": "In Chinese.",
        "name_en": "In English.",
        "superior": "The department above; exactly one has none, the root.",
        "territory": "Place names that mean it. One name belongs to one department.",
        "handles": "Groups or single categories it takes; a category goes before its group. Empty: none.",
        "organisation": "Code of the union organisation it is, where it has not the very name of one in the register.",
    },
}
SUPERVISION = """\
`[co_handling]` `respond`: working days in which a department asked to help answers, unless another day is named.
`[silence]` `working_days`: an open case without a step for so many stands on the list of what needs a decision.
`[quality]` `percent` of the cases that ended on a day are sampled, `at_least` so many. Without the file 3, 5, 5 and 5
count."""
INCIDENTS = """\
`[[window]]` with `days` and `callers`: so many different callers who name one employer, or one place within a
territory, within so many days are a warning; a longer window needs more callers than a shorter one. `[case]` with
`people`: a case that concerns so many is a warning by itself. Without the file: 5 in 14 days, 8 in 90, 10 people.\
"""
DEADLINES = """\
`[difficulty.normal]`, `[difficulty.hard]` and `[difficulty.complex]` each say, in working days, `accept`*,
`contact` (1 unless given), `resolve`* and `follow_up`*. Three more kinds of tables change single numbers:

- `[urgency.urgent]`, `[urgency.critical]` shorten and never lengthen; `accept_hours` (1 to 24) run day and night.
- `[group.CODE.DIFFICULTY]` has other numbers for a group.
- `[category.CODE.DIFFICULTY]` has other numbers for one category and goes before the group.

Days are counted from the next working day, and what is due on a day is due at the end of its working hours. Every date
is kept with its explanation: which days were counted, and which were skipped and why."""
CALENDAR = """\
| key | |
| --- | --- |
| `weekends`* | names of the days of rest |
| `[hours]` `spans`* | the working day in Shanghai time: list of `"08:30-12:00"`; or `start` and `end` |
| `[hours]` `every_day` | whether weekends and holidays are worked too; false unless given |
| `[department.CODE]` | the same keys for a department and those below it |
| `[years.YYYY]` `source` | the notice of the State Council the year was taken from |
| `[years.YYYY]` `holidays`* | list of `{name, name_en, from, until}` |
| `[years.YYYY]` `make_up` | weekend days that are worked in exchange (调休): list of `{name, name_en, on}` |

A year that is not there yet counts weekends and the holidays by law; its dates are marked provisional. Notices are
imported above these years: see [working days](working-days.md)."""

STATUTES = """\
Which [statutory clocks](../explanation/statutory-clocks.md) a case page asks about; the law behind them stands in code.
Without the file none is asked about. Values are lists of `arbitration`, `wages`, `injury_worker`, `injury_employer`,
`suit` and `inspection`, the likeliest first.

| key | what for |
| --- | --- |
| `[group]` *code of a group* | asked about for every category of the group that has no line of its own |
| `[category]` *code of a category* | asked about for this category |
| `[fact]` *kind of a fact* | asked about when the words tell such a fact: `injury`, `since`, `period`, `amount`, … |"""


REMINDERS = """\
Without the file what is shown counts. What follows when nothing happens stands in
[letters and reminders](../how-to/letters-and-reminders.md).

| key | usual | what for |
| --- | --- | --- |
| `[desk]` `name`, `telephone` | | in whose name letters are written that nobody drafts, and where employers may call |
| `[case]` `due_soon_days` | 1 | working days before a matter is due: the handler is reminded |
| `[case]` `urge_after_days` | 1 | working days after the due date: the urge letter (催办函) |
| `[case]` `criticism_after_days` | 5 | working days after that: the notice of criticism (通报) is proposed |
| `[case]` `answer_days` | 3 | working days a department has to answer a letter |
| `[case]` `look_back_days` | 60 | what has been overdue for longer is left alone |
| `[term]` `notice_months`, `urge_months` | 6, 1 | months before an election is due: the notice, the superior's letter |
| `[term]` `answer_days` | 30 | days a union has to file its election after that letter |
| `[employer]` `answer_days` | 15 | days an employer has to answer before the next letter is drafted |"""


def _letters(table: Table) -> str:
    rows = [[f"`{kind.value}.toml`", KIND_LABELS[kind], "、".join(sorted(names))] for kind, names in FIELDS.items()]
    return table(["file", "letter", "fields"], rows)


def configuration(table: Table) -> str:
    """The page as Markdown."""
    return f"""# Configuration

An asterisk marks what must be given. Keys that are not known are refused, so that a misspelt one cannot hide.

## What the machine decides: settings

Each is an environment variable, or a key (without the prefix, in small letters) of one TOML file named by
`HOTLINE_SETTINGS`. The command line wins over the environment, the environment over the file.

{table(["variable", "", "default", "what for"], map(_setting, Settings.model_fields.items()))}

## What the union decides: files in `config/`

`HOTLINE_CONFIG` names the folder; the one that ships describes a fictional city. `hotline check-config` reads all of
it and names each mistake with file, key and reason. The service refuses to start with a mistake. Sent SIGHUP, it reads
the files again: it takes them over when they are right, and otherwise keeps the last good ones and says so on every
page.

### categories.toml

`[[group]]`:

{_keys(table, GroupTable)}

`[[category]]`, in the order that breaks ties:

{_keys(table, CategoryTable)}

### departments.toml

`[[department]]`:

{_keys(table, DepartmentTable)}

### routing.toml

See [routing rules](routing-rules.md).

### deadlines.toml

{DEADLINES}

### incidents.toml

{INCIDENTS}

### statutes.toml

{STATUTES}

### supervision.toml

{SUPERVISION}

### reminders.toml

{REMINDERS}

### letters/

The wording of each kind of letter: `number`, `issuer`, `title`, `addressee`, `text` (a line is a paragraph), `copies`.
A field stands in braces; a number has the fields 年份 and 序号. A file that is not there is the one that ships.

{_letters(table)}

### calendar.toml

{CALENDAR}
"""


def _setting(named: tuple[str, FieldInfo]) -> list[str]:
    name, field = named
    return [f"`HOTLINE_{name.upper()}`", _kind(field.annotation), _default(field), field.description or ""]


def _keys(table: Table, model: type[BaseModel]) -> str:
    meanings = MEANINGS[model]
    if meanings.keys() != model.model_fields.keys():
        differ = ", ".join(sorted(meanings.keys() ^ model.model_fields.keys()))
        raise LookupError(f"{model.__name__}: docs/settings_page.py and the model differ about {differ}")
    rows = [
        [f"`{name}`{'*' if field.is_required() else ''}", meanings[name]] for name, field in model.model_fields.items()
    ]
    return table(["key", "what for"], rows)


def _default(field: FieldInfo) -> str:
    if field.default is None or field.is_required():
        return ""
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _kind(annotation: Any) -> str:
    if get_origin(annotation) in {Union, types.UnionType}:
        return " or ".join(_kind(part) for part in get_args(annotation) if part is not types.NoneType)
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    names = {int: "number", bool: "`true` or `false`", str: "text", SecretStr: "text, kept secret"}
    return names.get(annotation, "path")
