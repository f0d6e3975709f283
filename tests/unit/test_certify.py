"""A village's word: digests by hand, every kind of change that voids it, and the number on the paper."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weipian_plugin.core import certify
from weipian_plugin.core.certify import NONE, PRINTED, SIGNED, VOID, Names
from weipian_plugin.core.model import Patch
from weipian_plugin.core.proof import Certificate, Certified, Evidence

PATCH = Patch(patch_uid="u1", patch_id="500112SJBG26210001", batch_id="b1", wkb=b"outline", village_name="古路村")
PHOTO = Evidence("e1", "photo", "a" * 64, "IMG_1.jpg", lon=106.8, lat=29.8, azimuth=127.0, source="exif")
PAPER = Evidence(
    "e2", "document", "b" * 64, "批文.pdf", doc_no="渝府地〔2026〕1号", doc_date="2026-01-05", source="manual"
)
FACTS = {"actor": "甲公司", "built_on": ""}
FILES = [(PHOTO, "site_photo"), (PAPER, "approval_doc")]
NAMES = Names({"site_photo": "现场照片", "after_photo": "整改后照片"}, {"actor": "用地主体"})


def test_the_digest_is_sha256_of_the_canonical_text_written_by_hand() -> None:
    outline = hashlib.sha256(b"outline").hexdigest()
    text = (
        '{"facts":{"actor":"甲公司"},"files":['
        '{"facts":{},"kind":"photo","purpose":"site_photo","sha256":"' + "a" * 64 + '"},'
        '{"facts":{"doc_date":"2026-01-05","doc_no":"渝府地〔2026〕1号"},"kind":"document",'
        '"purpose":"approval_doc","sha256":"' + "b" * 64 + '"}],'
        '"patch":{"outline":"' + outline + '","patch_id":"500112SJBG26210001","village":"古路村"}}'
    )
    assert certify.digest(certify.content(PATCH, FACTS, FILES)) == hashlib.sha256(text.encode()).hexdigest()


def test_order_names_and_the_offices_own_figures_change_nothing() -> None:
    before = certify.digest(certify.content(PATCH, FACTS, FILES))
    own = replace(PATCH, adopted_area_m2=1.0, monitor_level=3, assignee="李四", remark="说明")
    renamed = [(replace(PAPER, original_name="另一个名字.pdf"), "approval_doc"), (PHOTO, "site_photo")]
    assert certify.digest(certify.content(own, dict(reversed(FACTS.items())), renamed)) == before
    # What EXIF says is the file's own word, and the hash of the file covers it.
    turned = replace(PHOTO, azimuth=130.0, declination=-3.0)
    assert certify.digest(certify.content(PATCH, FACTS, [(turned, "site_photo"), FILES[1]])) == before
    scan = (Evidence("e3", "document", "c" * 64, "签字.pdf"), certify.VILLAGE_WORD)
    assert certify.digest(certify.content(PATCH, FACTS, [*FILES, scan])) == before


HAND = replace(PHOTO, source="manual", taken_at="2026-05-03 09:30")
SECOND = Evidence("e4", "photo", "d" * 64, "IMG_2.jpg")


@pytest.mark.parametrize(
    ("patch", "facts", "files", "said"),
    [
        (PATCH, FACTS, [*FILES, (SECOND, "site_photo")], ("增加了照片 IMG_2.jpg",)),
        (PATCH, FACTS, FILES[1:], ("移除了照片 IMG_1.jpg",)),
        (PATCH, FACTS, FILES[:1], ("移除了文件 批文.pdf",)),
        (PATCH, FACTS, [(PHOTO, "after_photo"), FILES[1]], ("照片 IMG_1.jpg的用途由“现场照片”改为“整改后照片”",)),
        (PATCH, {"actor": "乙公司"}, FILES, ("“用地主体”由“甲公司”改为“乙公司”",)),
        (PATCH, {}, FILES, ("“用地主体”（原为“甲公司”）被清空",)),
        (PATCH, {**FACTS, "built_on": "2026-02"}, FILES, ("“built_on”补填为“2026-02”",)),
        (replace(PATCH, village_name="乌牛村"), FACTS, FILES, ("村由“古路村”改为“乌牛村”",)),
        (replace(PATCH, wkb=b"other"), FACTS, FILES, ("图斑边界有变化",)),
        (PATCH, FACTS, [FILES[0], (replace(PAPER, doc_no="2号"), "approval_doc")],
         ("文件 批文.pdf的文号由“渝府地〔2026〕1号”改为“2号”",)),
        (PATCH, FACTS, [FILES[0], (replace(PAPER, outline=b"x"), "approval_doc")], ("文件 批文.pdf的批准范围有变化",)),
        (PATCH, FACTS, [(replace(PHOTO, shift="gcj02"), "site_photo"), FILES[1]],
         ("照片 IMG_1.jpg的位置按 GCJ-02 换算过",)),
        (PATCH, FACTS, [(HAND, "site_photo"), FILES[1]],
         ("照片 IMG_1.jpg的拍摄信息改为手工填写（经度 106.8000000，纬度 29.8000000，方位角 127.0，拍摄时间 2026-05-03 09:30）",)),
    ],
)  # fmt: skip
def test_every_kind_of_change_voids_and_is_said(patch, facts, files, said) -> None:
    signed = certify.content(PATCH, FACTS, FILES)
    now = certify.content(patch, facts, files)
    assert certify.digest(now) != certify.digest(signed)
    assert certify.changes(certify.summary(signed), now, NAMES) == said
    paper = Certificate("c1", "WP260501-00000", "古路村", made_at="2026-05-20T08:00:00+08:00",
                        signed_by="王某", signed_on="2026-05-21", at="2026-05-21T09:00:00+08:00")  # fmt: skip
    item = Certified("c1", "u1", certify.digest(signed), certify.summary(signed))
    state = certify.state_of([(paper, item)], now, NAMES)
    assert (state.state, state.changed) == (VOID, said)
    assert said[0] in state.text
    assert certify.state_of([(paper, item)], signed, NAMES).state == SIGNED  # put back, it holds again


def test_a_hand_made_azimuth_changed_again_is_told_with_both_values() -> None:
    before = certify.content(PATCH, FACTS, [(HAND, "site_photo")])
    after = certify.content(PATCH, FACTS, [(replace(HAND, azimuth=130.04), "site_photo")])
    assert certify.changes(certify.summary(before), after) == ("照片 IMG_1.jpg的方位角由“127.0”改为“130.0”",)
    back = certify.content(PATCH, FACTS, [(PHOTO, "site_photo")])
    assert certify.changes(certify.summary(before), back) == ("照片 IMG_1.jpg的拍摄信息由手工填写改回照片自带",)


def _paper(number: int, **more) -> Certificate:
    made = f"2026-05-{number:02d}T08:00:00+08:00"
    return Certificate(f"c{number}", f"WP-{number}", "古路村", made_at=made, **more)


def test_which_certificate_speaks() -> None:
    first = certify.content(PATCH, FACTS, FILES)
    second = certify.content(PATCH, FACTS, [*FILES, (SECOND, "site_photo")])

    def item(paper: Certificate, covered) -> tuple[Certificate, Certified]:
        return paper, Certified(paper.certificate_id, "u1", certify.digest(covered), certify.summary(covered))

    signed = item(_paper(1, signed_by="王某", signed_on="2026-05-02", at="2026-05-02T08:00:00+08:00"), first)
    assert certify.state_of([], first).state == NONE
    assert certify.state_of([item(_paper(3), first)], first).state == PRINTED
    # A list printed again does not take the signature away that still holds.
    assert certify.state_of([signed, item(_paper(3), first)], first).state == SIGNED
    state = certify.state_of([signed, item(_paper(3), second)], second)
    assert state.state == VOID
    assert state.text.endswith("；新清单 WP-3 待签字")
    assert certify.state_of([signed], second).text.endswith("；请重新打印、签字")
    withdrawn = (replace(signed[0], withdrawn=1), signed[1])
    assert certify.state_of([withdrawn], first).state == NONE
    stale = certify.state_of([item(_paper(3), first)], second)
    assert stale.state == PRINTED
    assert "打印后增加了照片 IMG_2.jpg，请重新打印" in stale.text


def test_a_summary_that_cannot_be_read_still_voids() -> None:
    now = certify.content(PATCH, FACTS, FILES)
    for text in ("", "[]", "{}", json.dumps({"patch": {}, "facts": {}, "files": [{}]})):
        assert certify.changes(text, now) == ("签字时的清单读不出来，不能逐项比较",)


# -- the number -----------------------------------------------------------------------------------


def test_a_number_calculated_by_hand() -> None:
    # chance 1·31⁰ + 2·31¹ + 3·31² + 30·31³ -> characters 1, 2, 3, Y; check: digits 260501 then 1, 2, 3, 30 with
    # weights 1…10: 2·1+6·2+0·3+5·4+0·5+1·6+1·7+2·8+3·9+30·10 = 390; 390 mod 31 = 18 -> the 19th character, J.
    chance = 1 + 2 * 31 + 3 * 31**2 + 30 * 31**3
    assert certify.make_number("2026-05-01", chance) == "WP260501-123YJ"
    assert certify.find_number("WP260501-123YJ") == "WP260501-123YJ"


def test_numbers_are_found_however_they_come() -> None:
    for text in (
        "wp260501-123yj\r\n",
        "扫描_WP260501-123YJ_古路村",
        "ＷＰ２６０５０１－１２３ＹＪ",
        "WP 260501 123YJ",
        "wp260501—I23YJ",
    ):
        assert certify.find_number(text) == "WP260501-123YJ", text
    for text in ("", "WP260501-123YK", "WP260501-213YJ", "WP260502-123YJ", "260501-123YJ", "WP260501-123YJ2"):
        assert certify.find_number(text) == "", text


@given(st.integers(0, 31**4 - 1), st.integers(0, 9), st.integers(0, 30))
def test_one_wrong_or_two_swapped_characters_never_pass(chance: int, at: int, other: int) -> None:
    number = certify.make_number("2026-11-24", chance)
    assert certify.find_number(number) == number
    body = list(number[2:8] + number[9:])
    alphabet = "0123456789" if at < 6 else "0123456789ABCDEFGHJKLMNPRSTVWXY"
    wrong = [*body[:at], alphabet[other % len(alphabet)], *body[at + 1 :]]
    swapped = [*body[:at], body[at + 1], body[at], *body[at + 2 :]]
    for letters in (wrong, swapped):
        if letters != body:
            assert certify.find_number(f"WP{''.join(letters[:6])}-{''.join(letters[6:])}") == ""
