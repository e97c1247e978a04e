from __future__ import annotations

import pytest

from collector.texts.rules import Encoding, Segments, count_segments

GSM, UCS = Encoding.gsm7, Encoding.ucs2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", Segments(GSM, 0, 0), id="nothing"),
        pytest.param("a" * 160, Segments(GSM, 160, 1), id="gsm full"),
        pytest.param("a" * 161, Segments(GSM, 161, 2), id="gsm one over"),
        pytest.param("a" * 306, Segments(GSM, 306, 2), id="gsm two full parts"),
        pytest.param("a" * 307, Segments(GSM, 307, 3), id="gsm two parts and one"),
        pytest.param("@£ÄñΩ à\n", Segments(GSM, 8, 1), id="gsm letters that are not ascii"),
        pytest.param("€" * 80, Segments(GSM, 160, 1), id="extension counts two"),
        pytest.param("€" * 80 + "a", Segments(GSM, 161, 2), id="extension one over"),
        pytest.param("^{}\\[~]|€\f", Segments(GSM, 20, 1), id="every extension character"),
        pytest.param("a" * 152 + "€" + "a" * 152, Segments(GSM, 306, 3), id="extension is not cut in two"),
        pytest.param("a" * 151 + "€" + "a" * 153, Segments(GSM, 306, 2), id="extension ends a part exactly"),
        pytest.param("`", Segments(UCS, 1, 1), id="ascii that gsm has not"),
        pytest.param("\t", Segments(UCS, 1, 1), id="tab is not gsm"),
        pytest.param("’" + "a" * 69, Segments(UCS, 70, 1), id="one curly quote turns all to ucs2"),
        pytest.param("还" * 70, Segments(UCS, 70, 1), id="ucs2 full"),
        pytest.param("还" * 71, Segments(UCS, 71, 2), id="ucs2 one over"),
        pytest.param("还" * 134, Segments(UCS, 134, 2), id="ucs2 two full parts"),
        pytest.param("还" * 135, Segments(UCS, 135, 3), id="ucs2 two parts and one"),
        pytest.param("€" + "还" * 69, Segments(UCS, 70, 1), id="extension counts one in ucs2"),
        pytest.param("😀" * 35, Segments(UCS, 70, 1), id="emoji counts two"),
        pytest.param("😀" * 36, Segments(UCS, 72, 2), id="emoji one over"),
        pytest.param("还" * 66 + "😀" + "还" * 66, Segments(UCS, 134, 3), id="emoji is not cut in two"),
    ],
)
def test_parts(text: str, expected: Segments) -> None:
    assert count_segments(text) == expected
