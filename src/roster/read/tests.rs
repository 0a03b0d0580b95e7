use super::header::{Mapped, RowKind, classify, even, find_header};
use super::*;
use encoding_rs::GB18030;
use proptest::prelude::*;

fn read(bytes: &[u8]) -> Result<(Vec<OwnedRow>, &'static str), ReadFault> {
    let dir = tempfile::tempdir().map_err(ReadFault::Io)?;
    let path = dir.path().join("r.csv");
    std::fs::write(&path, bytes).map_err(ReadFault::Io)?;
    let source = Source::open(&path, None)?;
    let encoding = source.encoding;
    let mut rows = source.into_rows();
    let (mut out, mut row) = (Vec::new(), Row::default());
    while rows.next(&mut row)? {
        out.push(OwnedRow { number: row.number(), cells: row.cells().map(str::to_owned).collect(), decimals: Vec::new() });
    }
    Ok((out, encoding))
}

fn numbers(text: &str) -> Vec<u64> {
    read(text.as_bytes()).unwrap().0.iter().map(|r| r.number).collect()
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_shows_them() {
    assert_eq!(numbers("a,b\r\nc,d\r\n"), [1, 2]);
    assert_eq!(numbers("a,b\nc,d"), [1, 2]);
    assert_eq!(numbers("a,b\n\n\nc,d\n"), [1, 4]);
    assert_eq!(numbers("\n\na,b\nc,d"), [3, 4]);
    assert_eq!(numbers("a,\"b\nb\nb\"\nc,d\n\ne,f\n"), [1, 2, 4]);
    assert_eq!(numbers("a,b\rc,d\r\re,f\r"), [1, 2, 4]);
    assert_eq!(numbers("a,b\r\nc,d\re,f\ng,h"), [1, 2, 3, 4]);
}

#[test]
fn each_encoding_is_known_and_what_breaks_it_is_placed() {
    let text = "姓名,性别\r\n张三,男\r\n㛃䶮,女\r\n";
    let (gb, _, _) = GB18030.encode(text);
    assert_eq!(read(text.as_bytes()).unwrap().1, "utf-8");
    assert_eq!(read(&[b"\xef\xbb\xbf", text.as_bytes()].concat()).unwrap().1, "utf-8-sig");
    let (rows, encoding) = read(&gb).unwrap();
    assert_eq!((encoding, rows[2].cells[0].as_str()), ("gb18030", "㛃䶮"));
    let wide = |le: bool, bom: bool| -> Vec<u8> {
        let units: Vec<u16> = bom.then_some(0xFEFF).into_iter().chain(text.encode_utf16()).collect();
        units.iter().flat_map(|u| if le { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
    };
    assert_eq!(read(&wide(true, true)).unwrap().1, "utf-16le");
    assert_eq!(read(&wide(false, true)).unwrap().1, "utf-16be");
    assert_eq!(read(&wide(true, false)).unwrap().0, rows);
    assert_eq!(read(&wide(false, false)).unwrap().0, rows);
    let long = text.repeat(5);
    let tail = [long.as_bytes(), &gb].concat();
    assert!(matches!(read(&tail), Err(ReadFault::Encoding { row: 16, guessed: "utf-8" })));
    assert!(matches!(read(b"a,b\nc\0,d\n"), Err(ReadFault::NotText { row: 2 })));
}

#[test]
fn what_is_no_roster_is_refused() {
    assert!(matches!(read(b""), Err(ReadFault::Empty)));
    assert!(matches!(read(b"\xef\xbb\xbf"), Err(ReadFault::Empty)));
    assert!(matches!(read(b"PK\x03\x04xx"), Err(ReadFault::Workbook)));
    assert!(matches!(read(b"a,b\nc,\"d\ne,f\n"), Err(ReadFault::OpenQuote { row: 2 })));
    assert!(matches!(read(",".repeat(5000).as_bytes()), Err(ReadFault::TooManyColumns { row: 1, .. })));
    assert!(matches!(read(&vec![b'x'; 20 << 20]), Err(ReadFault::LineTooLong { row: 1 })));
    assert!(matches!(Source::open(Path::new("/nowhere/x.csv"), None), Err(ReadFault::NotFound)));
    assert!(matches!(Source::open(Path::new("/"), None), Err(ReadFault::IsDirectory)));
}

fn rows(lines: &[&str]) -> Vec<OwnedRow> {
    lines
        .iter()
        .enumerate()
        .map(|(i, l)| OwnedRow { number: i as u64 + 1, decimals: Vec::new(), cells: l.split(',').map(str::to_owned).collect() })
        .collect()
}

fn known(h: &str) -> Option<usize> {
    ["姓名", "性别", "证件号码", "备注"].iter().position(|k| *k == h)
}

#[test]
fn the_header_is_found_under_titles_and_merged_cells() {
    let h = find_header(&rows(&["花名册", "填报单位：某局,,2019年", "序号,姓 名,性别*,证件号码（必填）", "1,张三,男,1"]), &known, &[0])
        .unwrap();
    assert_eq!((h.row, h.last_row), (3, 3));
    assert_eq!(h.mapping, [Mapped::Unknown("序号".into()), Mapped::Known(0), Mapped::Known(1), Mapped::Known(2)]);
    let h = find_header(&rows(&["序号,基本信息,,备注", ",姓名,性别,", "1,张三,男,无"]), &known, &[0]).unwrap();
    assert_eq!((h.row, h.last_row), (1, 2));
    assert_eq!(h.mapping[1..], [Mapped::Known(0), Mapped::Known(1), Mapped::Known(3)]);
    assert!(find_header(&rows(&["甲,乙", "1,2"]), &known, &[0]).is_none());
    assert_eq!(even("\u{feff}姓　名 ＊"), "姓名");
}

#[test]
fn only_what_is_surely_no_data_is_passed_over() {
    let m = vec![Mapped::Known(0), Mapped::Known(1), Mapped::Known(2)];
    let kind = |l: &str| classify(&l.split(',').collect::<Vec<_>>(), &m);
    assert_eq!(kind(",, "), RowKind::Blank);
    assert_eq!(kind("合计,12,"), RowKind::Summary);
    assert_eq!(kind("示例,张三,男"), RowKind::Example);
    assert_eq!(kind("姓名,性别,证件号码"), RowKind::RepeatedHeader);
    assert_eq!(kind("填表人：李四,,"), RowKind::Note);
    assert_eq!(kind("张三,男,11010519491231002X"), RowKind::Data);
    assert_eq!(kind("合计,男,11010519491231002X"), RowKind::Data);
    assert_eq!(kind(",男,"), RowKind::Data);
}

proptest! {
    #[test]
    fn what_a_spreadsheet_writes_is_read_back(
        table in proptest::collection::vec(proptest::collection::vec("[a-z张三\",;\n ·㛃0-9]{0,6}", 3), 1..8),
        delimiter in proptest::sample::select(vec![b',', b';', b'\t']),
        encoding in 0..3usize,
    ) {
        // A first row without doubt tells the delimiter; a last cell keeps rows from being blank.
        let mut table = table;
        table.insert(0, vec!["h1".into(), "h2".into(), "h3".into()]);
        for r in &mut table { r.push("end".into()); }
        let mut w = csv::WriterBuilder::new().delimiter(delimiter).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        for r in &table { w.write_record(r).unwrap(); }
        let text = String::from_utf8(w.into_inner().unwrap()).unwrap();
        let bytes = match encoding {
            0 => text.into_bytes(),
            1 => [b"\xef\xbb\xbf".to_vec(), text.into_bytes()].concat(),
            _ => GB18030.encode(&text).0.into_owned(),
        };
        let (rows, _) = read(&bytes).unwrap();
        // Delimiters inside quoted cells may outnumber the real ones; then the dialect is another file's.
        if rows[0].cells.len() == 4 {
            prop_assert_eq!(rows.iter().map(|r| r.cells.clone()).collect::<Vec<_>>(), table.clone());
            prop_assert_eq!(rows.iter().map(|r| r.number).collect::<Vec<_>>(), (1..=table.len() as u64).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_row_has_the_number_a_spreadsheet_shows_whatever_ends_the_lines() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["甲,乙", "", "1,2", "", "", "\"3\n4\",5", "6,7"].join(end);
        for last in ["", end] {
            assert_eq!(numbers(&format!("{text}{last}")), [1, 3, 6, 7], "{end:?} {last:?}");
        }
    }
}
