#!/usr/bin/env python3
"""Makes the rosters in this folder. Every person, unit and number in them is invented: the numbers only pass their check characters
(GB 11643, GB 32100). The same bytes come out every time. Run it in this folder: python3 make.py"""
import datetime
import random

rnd = random.Random(2018)
USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def resident(area, birth, seq):
    body = f"{area}{birth}{seq:03d}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights)) % 11]


def credit(n):
    body = f"MA{n:06d}"
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    inner = 11 - sum(alphabet.index(c) * w for c, w in zip(body, [3, 7, 9, 10, 5, 8, 4, 2])) % 11
    code = "91150191" + body + {10: "X", 11: "0"}.get(inner, str(inner))
    total = sum(USCC.index(c) * pow(3, i, 31) for i, c in enumerate(code))
    return code + USCC[(31 - total % 31) % 31]


def write(name, rows, encoding="utf-8-sig"):
    def cell(c):
        return '"' + c.replace('"', '""') + '"' if any(x in c for x in ',"\n') else c

    text = "".join(",".join(cell(c) for c in row) + "\r\n" for row in rows)
    with open(name, "wb") as f:
        f.write(text.encode(encoding))


# ---------------------------------------------------------------- units and platforms

PLACES = ["盛乐", "云谷", "白塔", "昭君", "大青山", "土默川", "浑河", "南湖", "金桥", "草原"]
TRADES = [("大数据", "big"), ("智能装备", "equipment"), ("生物科技", "bio"), ("新材料", "materials"), ("新能源", "energy"), ("数字金融", "finance")]
INDUSTRY = {"大数据": "大数据", "智能装备": "高端装备制造", "生物科技": "生物科技", "新材料": "新材料", "新能源": "新能源", "数字金融": "现代金融"}
UNITS = []
for i in range(48):
    place, trade = PLACES[i % 10], TRADES[i % 6][0]
    form = ["有限公司", "股份有限公司", "科技有限公司"][i // 20]
    UNITS.append((f"示例{place}{trade}{form}", credit(100 + i), INDUSTRY[trade]))

orgs = [["单位名称", "统一社会信用代码", "单位类型", "引进日期", "高新技术企业有效期起", "高新技术企业有效期止", "证书编号",
         "创新型企业认定日期", "创新型企业有效期止", "行业", "联系人", "联系电话"]]
for i, (name, code, industry) in enumerate(UNITS):
    start = datetime.date(2018, 1, 8) + datetime.timedelta(days=21 * i)
    high = i % 3 != 2
    valid = start + datetime.timedelta(days=90)
    orgs.append([name, code, "企业", start.isoformat(), valid.isoformat() if high else "",
                 valid.replace(year=valid.year + 3).isoformat() if high else "", f"GR2018150{i:05d}" if high else "",
                 "" if high else start.isoformat(), "", industry, "示例联系人", f"0471-66{i:05d}"])
orgs.append(["示例数据科学研究院", credit(900), "事业单位", "2018-03-01", "", "", "", "", "", "科学研究和技术服务业", "", ""])
orgs.append(["示例新区人才服务中心", "", "事业单位", "", "", "", "", "", "", "", "", ""])
write("orgs.csv", orgs)

platforms = [["平台名称", "平台类型", "平台子类", "级别", "依托单位", "阶段", "起始日期"],
             ["数聚小镇", "创业小镇", "", "", "", "运营", "2019-06-28"],
             ["金融小镇", "创业小镇", "", "", "", "建设", "2019-09-01"],
             ["示例人工智能重点实验室", "人工智能重点实验室", "", "自治区级", "示例数据科学研究院", "运营", "2019-03-01"],
             ["示例智能制造应用创新中心", "人工智能重点实验室", "应用创新中心", "市级", UNITS[1][0], "运营", "2020-01-10"],
             ["示例语音工程实验室", "人工智能重点实验室", "工程实验室", "", "", "申报", "2020-02-01"],
             ["示例院士工作站", "研发平台", "院士工作站", "自治区级", UNITS[2][0], "运营", "2019-11-01"],
             ["示例人工智能学院", "产业学院", "", "", "示例数据科学研究院", "建设", "2019-09-01"]]
for i in range(7):
    platforms.append([f"示例{PLACES[i]}众创空间", "重创空间" if i == 0 else "众创空间", "", "新区级", UNITS[i][0],
                      "运营" if i < 6 else "获批", f"2019-{i + 3:02d}-15"])
for i in range(12):
    platforms.append([f"示例{PLACES[i % 10]}{'孵化器' if i < 10 else '加速器'}", "孵化平台", "", "", UNITS[10 + i][0],
                      "运营" if i < 9 else "建设", f"20{18 + i // 6}-{i % 6 * 2 + 1:02d}-01"])
write("platforms.csv", platforms)

# ---------------------------------------------------------------- people with a story

HEAD = ["姓名", "性别", "证件类型", "证件号码", "民族", "国籍", "学历", "学位", "职称", "技能等级", "人才队伍", "其他队伍", "用人单位",
        "引进方式", "到岗日期", "合同截止", "每年在岗月数", "手机", "人才类别", "荣誉", "备注"]
INSTITUTE = "示例数据科学研究院"
stories = [HEAD,
    ["曾示甲", "男", "", resident("150102", "19800312", 101), "汉族", "中国", "博士研究生", "博士", "正高级", "", "领军人才", "", INSTITUTE, "刚性", "2018-05-01", "2019-04-30", "", "13800000001", "A", "示例科技进步奖一等奖", "合同到期，未登记离岗"],
    ["单示乙", "女", "", resident("150103", "19750708", 202), "汉族", "中国", "博士研究生", "博士", "正高级", "", "领军人才", "", INSTITUTE, "刚性", "2017-09-01", "", "", "13800000002", "B", "", "方案期前引进"],
    ["仇示丙", "男", "", resident("110105", "19820921", 303), "汉族", "中国", "博士研究生", "博士", "副高级", "", "领军人才", "", INSTITUTE, "柔性", "2018-03-01", "2020-02-28", "3", "13800000003", "B", "", "柔性引进，后离岗"],
    ["丁示丁", "女", "", resident("150121", "19790115", 404), "蒙古族", "中国", "硕士研究生", "硕士", "正高级", "", "领军人才", "", INSTITUTE, "本土", "2019-01-01", "", "", "13800000004", "C", "", "本土培育"],
    ["戊示戊", "男", "", resident("150104", "19850606", 505), "汉族", "中国", "博士研究生", "博士", "副高级", "", "领军人才", "创新创业人才", INSTITUTE, "刚性", "2019-06-01", "2024-05-31", "", "13800000005", "B", "", "兼属创新创业人才"],
    ["阿拉坦·乌拉", "男", "", resident("152502", "19830525", 607), "蒙古族", "中国", "本科", "学士", "", "高级技师", "高技能人才", "", UNITS[1][0], "刚性", "2018-11-01", "", "", "13800000006", "D", "示例草原工匠；示例技术能手", ""],
    ["其木格", "女", "", resident("152526", "19900417", 708), "蒙古族", "中国", "本科", "学士", "中级", "", "创新创业人才", "", UNITS[2][0], "刚性", "2019-08-15", "2022-08-14", "", "13800000007", "D", "", ""],
    ["陈示港", "男", "港澳居民来往内地通行证", "H0123456701", "", "中国香港", "硕士研究生", "硕士", "", "", "创新创业人才", "", UNITS[0][0], "柔性", "2019-04-01", "2021-03-31", "6", "13800000008", "C", "", "往来内地通行证换发过一次"],
    ["林示台", "女", "台湾居民来往大陆通行证", "01234567", "", "台湾", "硕士研究生", "硕士", "", "", "创新创业人才", "", UNITS[3][0], "柔性", "2020-01-01", "", "4", "13800000009", "C", "", ""],
    ["DOE JOHN", "男", "外国人永久居留身份证", "911840198105210015", "", "美国", "博士研究生", "博士", "", "", "领军人才", "", UNITS[4][0], "刚性", "2020-05-01", "2023-04-30", "", "13800000010", "A", "", ""],
    ["䶮示石", "男", "", resident("150105", "19880229", 809), "汉族", "中国", "大专", "", "", "技师", "高技能人才", "", "示例钢结构厂", "刚性", "2018-07-01", "", "", "13800000011", "E", "", "姓名含生僻字；单位只有名称"],
    ["欧阳示归", "女", "", resident("310104", "19860310", 910), "汉族", "中国", "博士研究生", "博士", "", "", "企业家", "", UNITS[5][0], "刚性", "2018-09-10", "", "", "13800000012", "B", "", "海外归国创业"],
]
# The residence card of 2023 has a check character like a resident ID.
body = "91184019810521001"
w = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
stories[10][3] = body + "10X98765432"[sum(int(c) * x for c, x in zip(body, w)) % 11]
write("stories.csv", stories)

write("leave.csv", [["姓名", "证件号码", "离岗日期", "离开原因", "去向"],
                    ["仇示丙", stories[3][3], "2019-02-01", "辞职", "区外高校"]])

# ---------------------------------------------------------------- a volume of people

SUR = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文斌宇浩凯健俊帆雪琳晓红梅志鹏飞龙波辉宁"
volume = [HEAD]
PLAN = [("企业家", 49, 2), ("领军人才", 33, 8), ("创新创业人才", 226, 12), ("高技能人才", 470, 25)]
n = 0
for corps, introduced, home in PLAN:
    for i in range(introduced + home):
        n += 1
        sex = rnd.random() < 0.62
        birth = datetime.date(1962, 1, 1) + datetime.timedelta(days=rnd.randrange(12000))
        seq = rnd.randrange(100, 499) * 2 + (1 if sex else 0)
        area = rnd.choice(["150102", "150103", "150121", "150123", "110105", "120103", "140105", "210102", "370102", "610104"])
        name = rnd.choice(SUR) + "".join(rnd.sample(GIVEN, rnd.choice([1, 2, 2])))
        start = datetime.date(2018, 1, 2) + datetime.timedelta(days=rnd.randrange(990))
        if corps != "高技能人才":
            education, degree = rnd.choices([("本科", "学士"), ("硕士研究生", "硕士"), ("博士研究生", "博士")], [3, 5, 2])[0]
            title, skill = rnd.choice(["", "中级", "副高级", "正高级"]), ""
        else:
            education, degree = rnd.choices([("大专", ""), ("本科", "学士")], [6, 4])[0]
            title, skill = "", rnd.choice(["高级工", "技师", "高级技师"])
        mode = "本土" if i >= introduced else rnd.choices(["刚性", "柔性"], [8, 2])[0]
        end = start.replace(year=start.year + 3) if rnd.random() < 0.6 and start.day < 28 else None
        volume.append([name, "男" if sex else "女", "", resident(area, birth.strftime("%Y%m%d"), seq % 1000), rnd.choice(["汉族"] * 8 + ["蒙古族"] * 2), "中国",
                       education, degree, title, skill, corps, "", rnd.choice(UNITS)[0], mode, start.isoformat(),
                       end.isoformat() if end else "", str(rnd.randrange(2, 9)) if mode == "柔性" else "", f"139{n:08d}",
                       rnd.choices(["A", "B", "C", "D", "E", ""], [1, 3, 10, 20, 30, 36])[0], "", ""])
# Who came in the third quarter of 2020 is brought in at its end, by the two units that were asked for it and by the office for the others.
START, UNIT = HEAD.index("到岗日期"), HEAD.index("用人单位")
ASKED = {"q3-jinqiao.csv": "示例金桥大数据有限公司", "q3-zhaojun.csv": "示例昭君智能装备有限公司"}
came = [p for p in volume[1:] if p[START] >= "2020-07-01"]
write("volume.csv", [HEAD] + [p for p in volume[1:] if p[START] < "2020-07-01"])
for file, unit in ASKED.items():
    write(file, [HEAD] + [p for p in came if p[UNIT] == unit])
write("q3-others.csv", [HEAD] + [p for p in came if p[UNIT] not in ASKED.values()])

# ---------------------------------------------------------------- a roster as clerks have them

good = resident("150102", "19910203", 123)
old15 = "150102" + "620927" + "690"
rows = [
    ["和林格尔新区人才花名册（示例）"],
    ["填报单位：示例新区人才服务中心", "", "", "", "", "", "填报日期：2019年9月30日"],
    [],
    ["序号", "姓 名", "性别", "证件", "", "出生年月", "人才类型", "人才层次", "工作单位", "引才方式", "到岗时间", "联系电话", "荣誉", "备注"],
    ["", "", "", "证件种类", "证件号码", "", "", "", "", "", "", "", "", ""],
]
data = [
    ["王 示 一", "男", "身份证", good, "1991年2月", "高层次领军人才", "B", UNITS[0][0], "全职", "2019年3月1日", "138 0013 8001", "示例青年科技奖；示例创新团队", ""],
    ["李示二", "女", "", resident("150103", "19920304", 124), "1992.03", "高水平企业家", "C类", UNITS[1][0], "全职", "2019/3/2", "13800138002", "", ""],
    ["巴图•孟和", "男", "", resident("152502", "19890102", 125), "", "高技能人才", "", UNITS[2][0], "全职", "20190401", "13800138003", "无", ""],
    ["赵示四", "女", "身份证", old15, "", "高起点技能型人才", "E", UNITS[3][0], "全职", "2019.4.15", "0471-6600004", "", "老号码"],
    ["䶮示五", "女", "", "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in resident("150104", "19930506", 126)), "1993-05", "高质量创新创业人才", "D", UNITS[4][0], "柔性", "2019-05", "13800138005", "", "全角号码"],
    ["周示六", "男", "回乡证", "H12345678", "1988-08-08", "创新创业人才", "C", UNITS[5][0], "柔性", "2019-06-01", "13800138006", "", ""],
    ["SMITH ANNA", "女", "护照", "E1234567X", "1985-01-30", "创新创业人才", "B", UNITS[6][0], "柔性", "2019-06-02", "13800138007", "", ""],
    [],
    ["孙示八", "男", "", "1.50123E+17", "", "高技能人才", "", UNITS[7][0], "全职", "2019-06-03", "13800138008", "", "号码被表格软件改坏"],
    ["吴示九", "男", "", resident("150105", "19940607", 127)[:17] + ("0" if resident("150105", "19940607", 127)[17] != "0" else "1"), "", "高技能人才", "", UNITS[8][0], "全职", "2019-06-04", "13800138009", "", "校验位不符"],
    ["郑示十", "女", "", resident("150121", "19950708", 129), "", "高技能人才", "", UNITS[9][0], "全职", "2019-06-05", "13800138010", "", "性别与号码不符"],
    ["冯示一一", "女", "", resident("150122", "19960809", 128), "", "星际人才", "", UNITS[0][0], "全职", "2019年13月1日", "1380013", "", "三处有误"],
    ["王示一", "男", "", good, "", "领军人才", "B", UNITS[0][0], "全职", "2019-03-01", "13800138001", "", "与第 6 行同一人"],
    ["赵示四", "女", "", resident("150102", "19620927", 690), "", "高技能人才", "E", UNITS[3][0], "全职", "2019-04-15", "13800138013", "", "新号码，疑似同一人"],
    ["周示六", "男", "护照", "K7654321", "1988-08-08", "创新创业人才", "C", UNITS[5][0], "柔性", "2019-07-01", "13800138014", "", "同名同生日，疑似同一人"],
    ["'=示例", "男", "", resident("150123", "19970910", 131), "", "高技能人才", "", UNITS[1][0], "全职", "2019-07-02", "13800138015", "", ""],
]
mended = []
for i, d in enumerate(data):
    rows.append([str(i + 1)] + d if d else [])
rows.append(["合计", "15 人"])
rows.append(["填表人：示例", "", "审核人：示例"])
write("messy-gb18030.csv", rows, "gb18030")
# Persons somebody proposes for an honour: one of them by the very document, one only by name and birth date.
write("proposed.csv", [["姓名", "性别", "证件类型", "证件号码", "出生日期", "工作单位"],
                       ["李示二", "女", "", resident("150103", "19920304", 124), "", UNITS[1][0]],
                       ["李示二", "女", "护照", "E7654321", "1992-03-04", "示例外地公司"],
                       ["曾示甲", "男", "", stories[1][3], "", INSTITUTE]])

fixed = [data[8][:], data[9][:], data[10][:], data[11][:]]
fixed[0][3] = resident("150123", "19980101", 133)
fixed[1][3] = resident("150105", "19940607", 127)
fixed[2][1] = "男"
fixed[3][5], fixed[3][9], fixed[3][10] = "高技能人才", "2019年12月1日", "13800138011"
for f in fixed:
    f[12] = ""
write("mended.csv", [["姓名", "性别", "证件种类", "证件号码", "出生年月", "人才类型", "人才层次", "工作单位", "引才方式", "到岗时间", "联系电话", "荣誉", "备注"]] + fixed)

# A class of eight skilled workers: those of the stories, the messy roster and the mended one.
write("class.csv", [["姓名", "证件号码"]] + [[p[0], p[3]] for p in (stories[6], stories[11], data[2], data[3], *fixed)])
