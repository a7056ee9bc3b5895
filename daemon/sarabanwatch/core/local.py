"""The code of a local government, T PP AA NN: its kind, province, district and number, and the address that goes with it.

T is the kind, PP the province, AA the district (01: the province's seat), NN a number in it. Raising a body changes
T and leaves the rest. Knows what a code says, never which bodies there are. Sources: the Department of Local
Administration's list of bodies; the Interior Ministry's province codes.
"""

import re
from typing import NamedTuple

from sarabanwatch.core.agency import Kind

CODE = re.compile(r"([2-6])(\d\d)\d{4}", re.ASCII)
KINDS = {
    "2": (Kind.PAO,), "3": (Kind.CITY, Kind.PATTAYA), "4": (Kind.TOWN,), "5": (Kind.SUBDISTRICT,), "6": (Kind.SAO,),
}
PATTAYA = "3200408"   # the one city of its own kind; its code is that of a เทศบาลนคร
PROVINCES = {
    "10": "กรุงเทพมหานคร", "11": "สมุทรปราการ", "12": "นนทบุรี", "13": "ปทุมธานี", "14": "พระนครศรีอยุธยา",
    "15": "อ่างทอง", "16": "ลพบุรี", "17": "สิงห์บุรี", "18": "ชัยนาท", "19": "สระบุรี", "20": "ชลบุรี",
    "21": "ระยอง", "22": "จันทบุรี", "23": "ตราด", "24": "ฉะเชิงเทรา", "25": "ปราจีนบุรี", "26": "นครนายก",
    "27": "สระแก้ว", "30": "นครราชสีมา", "31": "บุรีรัมย์", "32": "สุรินทร์", "33": "ศรีสะเกษ", "34": "อุบลราชธานี",
    "35": "ยโสธร", "36": "ชัยภูมิ", "37": "อำนาจเจริญ", "38": "บึงกาฬ", "39": "หนองบัวลำภู", "40": "ขอนแก่น",
    "41": "อุดรธานี", "42": "เลย", "43": "หนองคาย", "44": "มหาสารคาม", "45": "ร้อยเอ็ด", "46": "กาฬสินธุ์",
    "47": "สกลนคร", "48": "นครพนม", "49": "มุกดาหาร", "50": "เชียงใหม่", "51": "ลำพูน", "52": "ลำปาง",
    "53": "อุตรดิตถ์", "54": "แพร่", "55": "น่าน", "56": "พะเยา", "57": "เชียงราย", "58": "แม่ฮ่องสอน",
    "60": "นครสวรรค์", "61": "อุทัยธานี", "62": "กำแพงเพชร", "63": "ตาก", "64": "สุโขทัย", "65": "พิษณุโลก",
    "66": "พิจิตร", "67": "เพชรบูรณ์", "70": "ราชบุรี", "71": "กาญจนบุรี", "72": "สุพรรณบุรี", "73": "นครปฐม",
    "74": "สมุทรสาคร", "75": "สมุทรสงคราม", "76": "เพชรบุรี", "77": "ประจวบคีรีขันธ์", "80": "นครศรีธรรมราช",
    "81": "กระบี่", "82": "พังงา", "83": "ภูเก็ต", "84": "สุราษฎร์ธานี", "85": "ระนอง", "86": "ชุมพร", "90": "สงขลา",
    "91": "สตูล", "92": "ตรัง", "93": "พัทลุง", "94": "ปัตตานี", "95": "ยะลา", "96": "นราธิวาส",
}


class LocalCode(NamedTuple):
    """A code taken apart: the kinds that its first digit may mean, the province's name, the district as PPAA."""

    kinds: tuple[Kind, ...]
    province: str
    district: str

    @property
    def kind(self) -> Kind:
        """The kind that the first digit means."""
        return self.kinds[0]


def parse(code: str) -> LocalCode | None:
    """Take a code of seven digits apart; None where it is no local government's."""
    found = CODE.fullmatch(code)
    if found is None or found[2] not in PROVINCES:
        return None
    return LocalCode((Kind.PATTAYA,) if code == PATTAYA else KINDS[found[1]], PROVINCES[found[2]], code[1:5])


def expected_address(code: str, host: str) -> str:
    """Return the address that a local government's code gives on the shared host, saraban_0CODE@host; "" for other codes."""
    return f"saraban_0{code}@{host}" if parse(code) else ""


def raised(former: str, code: str) -> bool:
    """Say whether one code is the other's after raising: the same place, a higher kind (a smaller first digit)."""
    return bool(parse(former) and parse(code)) and former[1:] == code[1:] and former > code
