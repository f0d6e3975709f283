"""A question with several answers, by keyboard."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

from weipian_plugin.core.rulepack import AskField
from weipian_plugin.gui.choices_field import ChoicesField


@pytest.fixture
def field(qapp):
    made = ChoicesField(AskField("lines", "违法线", "S", "choices", ("土地", "规划违建", "矿产")))
    made.show()
    yield made
    made.close()


def test_space_marks_and_the_text_keeps_the_order_of_the_pack(field):
    told: list[str] = []
    field.textEdited.connect(told.append)
    for name in ("矿产", "土地"):
        field.boxes[name].setFocus()
        QTest.keyClick(field.boxes[name], Qt.Key.Key_Space)
    assert told == ["矿产", "土地、矿产"]
    QTest.keyClick(field.boxes["矿产"], Qt.Key.Key_Space)
    assert field.text() == "土地"


def test_what_is_no_choice_is_kept(field):
    field.setText("矿产，水利")
    assert field.boxes["矿产"].isChecked()
    assert not field.boxes["土地"].isChecked()
    assert field.text() == "矿产、水利"
    field.setText("")
    assert field.text() == ""
