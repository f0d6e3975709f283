"""Columns about persons: the overlay never reads them, whatever layer they stand in (dossier 3.4).

The holder of an approval (权利人, 户主) is part of what was approved and is not among them.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Columns with identity numbers, telephones, addresses and the persons named in the register of prime
#: farmland; case folded, without blanks and brackets.
PERSONAL_FIELDS: frozenset[str] = _words(
    """
    zrrzjhm zrrmc zzrr zmc cfzr lxdh jzdz frdbs1 frdb sfzh sfzhm sfz sfzjh zjhm zjh zjlx zjzl lxr lxrdh lxfs dh dhhm
    sjh sjhm yddh gddh txdz jtzz hjdz qlrzjh qlrzjhm qlrzjlx qlrdh qlrtxdz hzsfzh hzzjh hzdh cbfzjhm cbfdh cbfdz
    cbfmc cbfdb phone telephone tel mobile idcard id_card idno address householder_id birthday nation
    身份证 身份证号 身份证号码 居民身份证号 公民身份号码 公民身份证号 证件号 证件号码 证件种类 证件类型 电话 电话号码
    联系电话 联系方式 手机 手机号 手机号码 移动电话 固定电话 住址 居住地址 家庭住址 通讯地址 联系地址 户籍地址
    户籍所在地 户籍 地址 承包人 承包方 承包方名称 承包方代表 承包户 责任人 责任人姓名 责任人名称 自然人责任人
    自然人名称 村责任人
    社责任人 组责任人 镇责任人 种植责任人 保护责任人 联系人 法定代表人 共有人 家庭成员 出生日期 出生年月 性别 民族
    银行卡号 银行账号 账号 卡号 开户行
    """
)
#: Parts of a name that give such a column away however it is decorated.
_TELLING = re.compile(
    r"身份证|公民身份|证件号|证件类型|电话|手机|住址|通讯地址|家庭地址|户籍|联系方式|联系人|责任人|银行|sfzh|zjhm|lxdh|idcard",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[\s()（）\[\]【】/／、:：]+")


def is_personal(name: str) -> bool:
    """True if a column holds, or by its name may hold, a person's data."""
    key = _PUNCTUATION.sub("", name).casefold()
    return key in PERSONAL_FIELDS or bool(_TELLING.search(key))
