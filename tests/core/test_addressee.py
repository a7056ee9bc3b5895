"""Whom a letter addresses: the right head by name and kind, or a title wrong nowhere."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from sarabanwatch.core.facts.agency import AgencyKind
from sarabanwatch.core.letters.addressee import ANY_HEAD, BEGINNING, BY_BOTH, BY_KIND, addressee

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.parametrize(("name", "kind", "head"), [
    ("องค์การบริหารส่วนจังหวัดน่าน", AgencyKind.PAO, "นายกองค์การบริหารส่วนจังหวัดน่าน"),
    ("อบต. แม่ใส", "", "นายกองค์การบริหารส่วนตำบลแม่ใส"),
    ("อบจ.นครราชสีมา", "", "นายกองค์การบริหารส่วนจังหวัดนครราชสีมา"),
    ("เทศบาลนครลำปาง", AgencyKind.CITY, "นายกเทศมนตรีนครลำปาง"),
    ("เทศบาลเมืองจันทบุรี", AgencyKind.TOWN, "นายกเทศมนตรีเมืองจันทบุรี"),
    ("เทศบาลตำบลเมืองเก่า", AgencyKind.SUBDISTRICT, "นายกเทศมนตรีตำบลเมืองเก่า"),
    ("คลองพน", AgencyKind.SUBDISTRICT, "นายกเทศมนตรีตำบลคลองพน"),
    ("คลองพน", AgencyKind.SAO, "นายกองค์การบริหารส่วนตำบลคลองพน"),
    ("เมืองพัทยา", AgencyKind.PATTAYA, "นายกเมืองพัทยา"),
    ("พัทยา", AgencyKind.PATTAYA, "นายกเมืองพัทยา"),
    ("กรุงเทพมหานคร", AgencyKind.BANGKOK, "ผู้ว่าราชการกรุงเทพมหานคร"),
    ("จังหวัดตาก", AgencyKind.PROVINCE, "ผู้ว่าราชการจังหวัดตาก"),
    ("ตาก", AgencyKind.PROVINCE, "ผู้ว่าราชการจังหวัดตาก"),
    ("กระทรวงมหาดไทย", AgencyKind.MINISTRY, "ปลัดกระทรวงมหาดไทย"),
    ("สำนักงานปลัดกระทรวงยุติธรรม", AgencyKind.DEPARTMENT, "ปลัดกระทรวงยุติธรรม"),
    ("สำนักนายกรัฐมนตรี", AgencyKind.MINISTRY, "ปลัดสำนักนายกรัฐมนตรี"),
    ("กรมชลประทาน", AgencyKind.DEPARTMENT, "อธิบดีกรมชลประทาน"),
    ("สำนักงานคณะกรรมการอาหารและยา", AgencyKind.DEPARTMENT, "เลขาธิการคณะกรรมการอาหารและยา"),
    ("สำนักงานคณะกรรมการนโยบายรัฐวิสาหกิจ", AgencyKind.DEPARTMENT,
     "ผู้อำนวยการสำนักงานคณะกรรมการนโยบายรัฐวิสาหกิจ"),
    ("สำนักงานสภาพัฒนาการเศรษฐกิจและสังคมแห่งชาติ", AgencyKind.DEPARTMENT,
     "เลขาธิการสภาพัฒนาการเศรษฐกิจและสังคมแห่งชาติ"),
    ("สำนักงานสภานโยบายการอุดมศึกษา วิทยาศาสตร์ วิจัยและนวัตกรรมแห่งชาติ", AgencyKind.OTHER,
     "ผู้อำนวยการสำนักงานสภานโยบายการอุดมศึกษา วิทยาศาสตร์ วิจัยและนวัตกรรมแห่งชาติ"),
    ("กองทัพเรือ", AgencyKind.DEPARTMENT, "ผู้บัญชาการทหารเรือ"),
    ("สำนักงานศาลปกครอง", AgencyKind.OTHER, "เลขาธิการสำนักงานศาลปกครอง"),
    ("ศาลจังหวัดยะลา", AgencyKind.OTHER, "ผู้พิพากษาหัวหน้าศาลจังหวัดยะลา"),
    ("สำนักงานเลขาธิการวุฒิสภา", AgencyKind.OTHER, "เลขาธิการวุฒิสภา"),
    ("ธนาคารแห่งประเทศไทย", AgencyKind.OTHER, "ผู้ว่าการธนาคารแห่งประเทศไทย"),
    ("โรงเรียนนายร้อยพระจุลจอมเกล้า", AgencyKind.UNIVERSITY,
     "ผู้บัญชาการโรงเรียนนายร้อยพระจุลจอมเกล้า"),
    ("สถาบันวิทยาลัยชุมชน", AgencyKind.UNIVERSITY, "ผู้อำนวยการสถาบันวิทยาลัยชุมชน"),
    ("สำนักงานเขตบางรัก", AgencyKind.BANGKOK, "ผู้อำนวยการเขตบางรัก"),
    ("สำนักงานเขตพื้นที่การศึกษาประถมศึกษาตาก เขต ๑", AgencyKind.OTHER,
     "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษาประถมศึกษาตาก เขต ๑"),
    ("มหาวิทยาลัยมหิดล", AgencyKind.UNIVERSITY, "อธิการบดีมหาวิทยาลัยมหิดล"),
    ("สำนักงานพัฒนารัฐบาลดิจิทัล (องค์การมหาชน)", AgencyKind.PUBLIC_ORGANISATION,
     "ผู้อำนวยการสำนักงานพัฒนารัฐบาลดิจิทัล (องค์การมหาชน)"),
    ("การไฟฟ้านครหลวง", AgencyKind.STATE_ENTERPRISE, "ผู้ว่าการการไฟฟ้านครหลวง"),
    ("การท่าเรือแห่งประเทศไทย", AgencyKind.STATE_ENTERPRISE, "ผู้อำนวยการการท่าเรือแห่งประเทศไทย"),
    ("องค์การสวนสัตว์แห่งประเทศไทย", AgencyKind.STATE_ENTERPRISE,
     "ผู้อำนวยการองค์การสวนสัตว์แห่งประเทศไทย"),
])
def test_a_letter_addresses_the_head_by_name_and_kind(name: str, kind: str, head: str) -> None:
    assert addressee(name, kind) == head


@pytest.mark.parametrize(("name", "kind"), [
    ("กรมแพทย์ทหารบก", AgencyKind.OTHER), ("จังหวัดทหารบกกาญจนบุรี", AgencyKind.OTHER),
    ("ศูนย์สารสนเทศและการสื่อสารเขต ๔", AgencyKind.OTHER), ("กรุงเทพมหานคร (สำนัก)", AgencyKind.BANGKOK),
    ("บริษัท ไปรษณีย์ไทย จำกัด", AgencyKind.STATE_ENTERPRISE), ("", ""),
    ("จังหวัดตาก ๒", AgencyKind.PROVINCE), ("สำนักงานอัยการสูงสุด", AgencyKind.OTHER),
    ("ศาลฎีกา", AgencyKind.OTHER),
])
def test_where_neither_tells_the_head_is_named_in_general(name: str, kind: str) -> None:
    assert addressee(name, kind) == f"{ANY_HEAD}{name}"


def test_what_the_configuration_says_counts_first() -> None:
    heads = {"บริษัท ไปรษณีย์ไทย": "กรรมการผู้จัดการใหญ่บริษัท ไปรษณีย์ไทย", "กรมหนึ่ง": "เลขาธิการกรมหนึ่ง"}
    assert addressee("บริษัท ไปรษณีย์ไทย จำกัด", heads=heads) == "กรรมการผู้จัดการใหญ่บริษัท ไปรษณีย์ไทย จำกัด"
    assert addressee("กรมหนึ่ง", AgencyKind.DEPARTMENT, heads) == "เลขาธิการกรมหนึ่ง"


def test_every_row_is_alive() -> None:
    assert all(addressee(f"{begins}ก").startswith(instead) for begins, instead in BEGINNING.items())
    assert all(addressee("ก", kind) == f"{title}ก" for kind, title in BY_KIND.items())
    assert all(addressee(f"{begins}ก", kind) == f"{title}{begins}ก"
               for kind, begins, title in BY_BOTH)


TYPES = {"อบจ.": AgencyKind.PAO, "อบต.": AgencyKind.SAO, "เทศบาลตำบล": AgencyKind.SUBDISTRICT,
         "เทศบาลนคร": AgencyKind.CITY, "เทศบาลเมือง": AgencyKind.TOWN,
         "รูปแบบพิเศษ": AgencyKind.PATTAYA}


@pytest.mark.skipif(not DATA.is_dir(), reason="the lists beside the checkout are not there")
def test_every_local_government_has_a_head_of_its_own() -> None:
    with (DATA / "local_governments.csv").open(encoding="utf-8-sig", newline="") as file:
        heads = [addressee(row["name_th"], TYPES[row["type_th"]]) for row in csv.DictReader(file)]
    assert Counter(head.startswith("นายก") for head in heads) == {True: 7849}


@pytest.mark.skipif(not DATA.is_dir(), reason="the lists beside the checkout are not there")
def test_most_names_seen_in_public_have_a_head_of_their_own() -> None:
    kinds = {"department": AgencyKind.DEPARTMENT, "state_enterprise": AgencyKind.STATE_ENTERPRISE,
             "public_organisation": AgencyKind.PUBLIC_ORGANISATION, "pao": AgencyKind.PAO,
             "university": AgencyKind.UNIVERSITY, "ministry": AgencyKind.MINISTRY}
    with (DATA / "addresses_seen.csv").open(encoding="utf-8-sig", newline="") as file:
        named = {row["agency"]: kinds.get(row["kind"], "") for row in csv.DictReader(file)
                 if row["kind"] in kinds}
    general = [name for name, kind in named.items() if addressee(name, kind).startswith(ANY_HEAD)]
    assert (len(named), general) == (64, ["ศูนย์เทคโนโลยีสารสนเทศฯ สป.มท."])
