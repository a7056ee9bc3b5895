"""Thailand's provinces: official code (TIS 1099), names, abbreviation, and place on a tile map.

A tile map gives every province the same space, so that a small one is seen as well as a large one.
"""

from typing import NamedTuple


class Province(NamedTuple):
    """One province; `column` and `row` are its tile, from 1."""

    code: str
    thai: str
    english: str
    short: str
    column: int
    row: int


TABLE = """
10 กรุงเทพมหานคร Bangkok กท|11 สมุทรปราการ Samut_Prakan สป|12 นนทบุรี Nonthaburi นบ
13 ปทุมธานี Pathum_Thani ปท|14 พระนครศรีอยุธยา Phra_Nakhon_Si_Ayutthaya อย|15 อ่างทอง Ang_Thong อท
16 ลพบุรี Lop_Buri ลบ|17 สิงห์บุรี Sing_Buri สห|18 ชัยนาท Chai_Nat ชน|19 สระบุรี Saraburi สบ
20 ชลบุรี Chon_Buri ชบ|21 ระยอง Rayong รย|22 จันทบุรี Chanthaburi จบ|23 ตราด Trat ตร
24 ฉะเชิงเทรา Chachoengsao ฉช|25 ปราจีนบุรี Prachin_Buri ปจ|26 นครนายก Nakhon_Nayok นย
27 สระแก้ว Sa_Kaeo สก|30 นครราชสีมา Nakhon_Ratchasima นม|31 บุรีรัมย์ Buri_Ram บร|32 สุรินทร์ Surin สร
33 ศรีสะเกษ Si_Sa_Ket ศก|34 อุบลราชธานี Ubon_Ratchathani อบ|35 ยโสธร Yasothon ยส|36 ชัยภูมิ Chaiyaphum ชย
37 อำนาจเจริญ Amnat_Charoen อจ|38 บึงกาฬ Bueng_Kan บก|39 หนองบัวลำภู Nong_Bua_Lam_Phu นภ
40 ขอนแก่น Khon_Kaen ขก|41 อุดรธานี Udon_Thani อด|42 เลย Loei ลย|43 หนองคาย Nong_Khai นค
44 มหาสารคาม Maha_Sarakham มค|45 ร้อยเอ็ด Roi_Et รอ|46 กาฬสินธุ์ Kalasin กส|47 สกลนคร Sakon_Nakhon สน
48 นครพนม Nakhon_Phanom นพ|49 มุกดาหาร Mukdahan มห|50 เชียงใหม่ Chiang_Mai ชม|51 ลำพูน Lamphun ลพ
52 ลำปาง Lampang ลป|53 อุตรดิตถ์ Uttaradit อต|54 แพร่ Phrae พร|55 น่าน Nan นน|56 พะเยา Phayao พย
57 เชียงราย Chiang_Rai ชร|58 แม่ฮ่องสอน Mae_Hong_Son มส|60 นครสวรรค์ Nakhon_Sawan นว
61 อุทัยธานี Uthai_Thani อน|62 กำแพงเพชร Kamphaeng_Phet กพ|63 ตาก Tak ตก|64 สุโขทัย Sukhothai สท
65 พิษณุโลก Phitsanulok พล|66 พิจิตร Phichit พจ|67 เพชรบูรณ์ Phetchabun พช|70 ราชบุรี Ratchaburi รบ
71 กาญจนบุรี Kanchanaburi กจ|72 สุพรรณบุรี Suphan_Buri สพ|73 นครปฐม Nakhon_Pathom นฐ
74 สมุทรสาคร Samut_Sakhon สค|75 สมุทรสงคราม Samut_Songkhram สส|76 เพชรบุรี Phetchaburi พบ
77 ประจวบคีรีขันธ์ Prachuap_Khiri_Khan ปข|80 นครศรีธรรมราช Nakhon_Si_Thammarat นศ|81 กระบี่ Krabi กบ
82 พังงา Phang-nga พง|83 ภูเก็ต Phuket ภก|84 สุราษฎร์ธานี Surat_Thani สฎ|85 ระนอง Ranong รน
86 ชุมพร Chumphon ชพ|90 สงขลา Songkhla สข|91 สตูล Satun สต|92 ตรัง Trang ตง|93 พัทลุง Phatthalung พท
94 ปัตตานี Pattani ปน|95 ยะลา Yala ยล|96 นราธิวาส Narathiwat นธ
"""
MAP = """
.. 50 57 .. .. .. .. .. ..
58 51 56 55 .. 43 38 .. ..
.. 52 54 53 42 41 47 48 ..
63 64 65 67 39 40 46 49 ..
62 66 60 18 36 44 45 35 37
61 72 17 16 30 31 32 33 34
71 73 15 19 26 25 27 .. ..
70 74 14 13 24 22 23 .. ..
75 12 10 11 20 21 .. .. ..
76 .. .. .. .. .. .. .. ..
77 .. .. .. .. .. .. .. ..
86 .. .. .. .. .. .. .. ..
85 84 .. .. .. .. .. .. ..
82 80 .. .. .. .. .. .. ..
83 81 93 .. .. .. .. .. ..
.. 92 90 94 .. .. .. .. ..
.. 91 95 96 .. .. .. .. ..
"""
TILES = {code: (column, row) for row, line in enumerate(MAP.split("\n"))
         for column, code in enumerate(line.split(), start=1)}
PROVINCES = tuple(
    Province(code, thai, english.replace("_", " "), short, *TILES[code])
    for code, thai, english, short in (cell.split()
                                       for cell in TABLE.strip().replace("\n", "|").split("|")))
BY_NAME = {province.thai: province for province in PROVINCES}
