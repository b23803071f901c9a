"""Passwords that are tried first by whoever guesses, and words that everybody here would think of."""

from __future__ import annotations

from typing import Final

CONTEXT: Final = (
    "12351", "12345", "12333", "zonggonghui", "gonghui", "zonggong", "zhigong", "rexian", "weiquan", "hotline",
    "workers", "worker", "tradeunion", "union", "总工会", "工会", "职工", "热线", "维权", "工人",
)  # fmt: skip
"""Words of this service; a password which is little more than one of them is refused."""

ROWS: Final = (
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "0123456789", "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol", "qazwsxedcrfvtgbyhnujmikolp", "!@#$%^&*()", "一二三四五六七八九十",
)  # fmt: skip
"""Keys that lie side by side, and rows known by heart; read in either direction."""

_TRIED_FIRST: Final = """
password passw0rd p@ssw0rd p@ssword pa55word password1 password12 password123 password1234 password! passwords
mypassword thepassword newpassword changeme changeme1 changeit letmein letmein1 letmeinnow welcome welcome1
welcome123 iloveyou iloveyou1 iloveyou2 ilovechina iloveu520 sunshine princess football baseball basketball superman
batman1234 starwars whatever trustno1 dragon123 monkey123 shadow123 master123 michael1 jennifer jordan23 charlie1
liverpool chelsea1 arsenal1 computer internet samsung1 google123 facebook security access14 default1 administrator
admin123 admin1234 admin12345 admin123456 admin888 adminadmin admin@123 admin#123 root1234 rootroot toor1234
test1234 testtest test12345 testing1 guest1234 user1234 username superuser manager1 operator operator1 supervisor
secret123 topsecret secret12 mustang1 corvette bigdaddy butterfly chocolate blink182 maverick aa123456 a1234567
a12345678 a123456789 aa12345678 abc12345 abc123456 abc1234567 abcd1234 abcd12345 abcde12345 abcdef123 asd12345
asd123456 qwe12345 qwe123456 qaz12345 qaz123456 zxc12345 zxc123456 wang1234 wang123456 zhang123 zhang1234
zhang123456 li123456 liu123456 chen123456 yang1234 zhao1234 zhou1234 woaini520 woaini521 woaini1314 woaini123
woaini1314520 woaini88 woaini99 woaiwojia woaiwoziji woaizhongguo wo123456 mima1234 mima12345 mima123456 wodemima
wangyiwen woshishui woshinibaba nihao123 nihao1234 nihao123456 ni123456 5201314a a5201314 woaini5201314 zhongguo
zhongguo1 zhonghua beijing1 beijing2008 shanghai shanghai1 guangzhou shenzhen dalian123 shenyang jintian1 mingtian
xiaoming xiaohong xiaoxiao baobao123 laopo520 laogong520 mama1234 baba1234 jiayou123 gongxifacai facai888 fafafafa
wangwang niubi666 huawei123 huawei@123 xiaomi123 tencent1 taobao123 alibaba1 weixin123 qq123456 qq123456789
qq5201314 wechat123 yinhang1 root@123 root123456 pass1234 pass12345 pass@123 pass@word p@ss1234 p@ssw0rd1 pa$$w0rd
pa$$word passwd123 qwerty12 qwerty123 qwerty1234 qwertyui1 q1w2e3r4 q1w2e3r4t5 1q2w3e4r 1q2w3e4r5t zaq12wsx zaq1xsw2
1qaz@wsx 1qaz!qaz !qaz2wsx !qaz@wsx 123qwe123 123qweasd qwe123qwe 123456aa 123456abc 12345678a 123456789a
123456789abc 1234abcd 1234qwer 147258369 147852369 159753456 741852963 789456123 963852741 987654321a 135792468
246813579 112233445566 11223344 12121212 13131313 123123123 123321123 123654789 123456654321 52013140 5201314520
13145200 14725836 31415926 31415927 88888888a 66666666a 168168168 16816888 51885188 91919191 密码密码密码密码
我的密码是密码 我爱你我爱你我爱你 我爱你一生一世 我爱中国我爱中国 中华人民共和国 为人民服务 恭喜发财大吉大利
新年快乐万事如意 好好学习天天向上 天王盖地虎 天王盖地虎宝塔镇河妖 床前明月光 床前明月光疑是地上霜 芝麻开门芝麻开门
"""

COMMON: Final = frozenset(_TRIED_FIRST.split())
"""In lower case."""
