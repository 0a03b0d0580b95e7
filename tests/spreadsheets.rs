//! Workbooks in and out: .xlsx, .xls and .ods by the rules of CSV; what is no whole workbook is refused before a cell is read; what is
//! written opens with text cells, drop-downs and an explanation, and comes back in unchanged.

mod it;

use it::{Desk, resident_id};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::path::Path;

const HEAD: [&str; 8] = ["姓名", "证件号码", "用人单位", "人才队伍", "引进方式", "到岗日期", "手机", "出生日期"];

/// A roster as offices have them: a title, merged units, typed dates, numbers as numbers, a hidden sheet.
fn messy(path: &Path) {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet().set_name("名册").unwrap();
    sheet.merge_range(0, 0, 0, 7, "某新区人才花名册", &Format::new()).unwrap();
    sheet.write_row(1, 0, HEAD).unwrap();
    sheet.write_row(2, 0, ["张三", "11010519491231002X", "", "领军人才", "刚性"]).unwrap();
    sheet.write_with_format(2, 5, ExcelDateTime::from_ymd(2019, 3, 15).unwrap(), &day).unwrap();
    sheet.write(2, 6, 13_800_001_234.0).unwrap();
    sheet.write_row(3, 0, ["李四", &resident_id(1), "", "创新创业人才", "柔性"]).unwrap();
    sheet.write_with_format(3, 5, ExcelDateTime::from_ymd(2019, 4, 1).unwrap().and_hms(8, 30, 0).unwrap(), &day).unwrap();
    sheet.merge_range(2, 2, 3, 2, "甲公司", &Format::new()).unwrap();
    sheet.write_row(5, 0, ["王五", "", "乙公司", "领军人才", "刚性"]).unwrap();
    sheet.write(5, 1, 110_105_194_912_310_021.0).unwrap();
    sheet.write(5, 5, 44_088.0).unwrap();
    sheet.write(5, 7, 2020.1).unwrap();
    book.add_worksheet().set_name("旧名册").unwrap().set_hidden(true).write(0, 0, "旧").unwrap();
    book.add_worksheet().set_name("说明").unwrap().write(0, 0, "说明").unwrap();
    book.save(path).unwrap();
}

fn import(desk: &Desk, file: &str, more: &[&str]) -> (i32, Value, String) {
    let path = if file.starts_with('/') { file.to_owned() } else { desk.path(file).to_str().unwrap().to_owned() };
    let mut args = vec!["roster", "import", &path, "--json"];
    args.extend(more);
    let (code, out, err) = desk.run(&args);
    (code, serde_json::from_str(out.lines().next().unwrap_or("null")).unwrap_or(Value::Null), err)
}

#[test]
fn a_sheet_comes_in_by_the_rules_of_csv() {
    let desk = Desk::new();
    messy(&desk.path("m.xlsx"));
    let (code, report, err) = import(&desk, "m.xlsx", &["--partial"]);
    assert_eq!((code, &report["rows"], &report["added"], &report["rejected"]), (1, &3.into(), &2.into(), &1.into()), "{err}");
    assert_eq!((&report["encoding"], &report["sheet"]), (&"xlsx".into(), &"名册".into()));
    assert!(err.contains("hidden sheets were not read: 旧名册") && err.contains("not read: 说明"), "{err}");
    let faults: Vec<(i64, &str, &str)> = report["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["row"].as_i64().unwrap(), f["column"].as_str().unwrap(), f["code"].as_str().unwrap()))
        .collect();
    // Digits lost, a year and month that lost its 0, a number that is no date: nothing is guessed.
    assert_eq!(faults, [(6, "id_number", "unrecoverable_number"), (6, "birth_date", "bad_date"), (6, "start_date", "bad_date")]);
    let people = desk.json(&["talent", "list"]);
    let line =
        |at: usize| (people[at]["name"].as_str().unwrap(), people[at]["employer"]["name"].as_str().unwrap(), &people[at]["start_date"]);
    assert_eq!(line(0), ("张三", "甲公司", &"2019-03-15".into()));
    assert_eq!(line(1), ("李四", "甲公司", &"2019-04-01".into()));
    let (code, report, _) = import(&desk, "m.xlsx", &["--partial"]);
    assert_eq!((code, &report["unchanged"]), (1, &2.into()));
}

#[test]
fn old_and_open_forms_and_named_sheets_are_read() {
    for (file, form) in [("old.xls", "xls"), ("old.ods", "ods")] {
        let desk = Desk::new();
        let path = format!("{}/tests/fixtures/{file}", env!("CARGO_MANIFEST_DIR"));
        let (code, _, err) = import(&desk, &path, &[]);
        assert!(code == 65 && err.contains("no_header"), "the first sheet is a cover: {err}");
        // In the .ods the library doesn't tell which cells are merged: the second row lacks its unit.
        let (rows, code) = if form == "xls" { (2, 0) } else { (1, 1) };
        for sheet in ["2", "名册"] {
            let (got, report, err) = import(&desk, &path, &["--sheet", sheet, "--partial"]);
            assert_eq!((got, &report["encoding"]), (code, &form.into()), "{err}");
        }
        assert_eq!(desk.json(&["talent", "list", "--count"])["count"], rows);
        assert_eq!(desk.json(&["talent", "list"])[0]["start_date"], "2019-05-06");
        let (code, _, err) = import(&desk, &path, &["--sheet", "没有"]);
        assert!(code == 65 && err.contains("\"no_sheet\"") && err.contains("封面、名册"), "{err}");
    }
}

/// A zip of these parts.
fn zip(path: &Path, parts: &[(&str, &[u8])]) {
    let mut z = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in parts {
        z.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        z.write_all(bytes).unwrap();
    }
    z.finish().unwrap();
}

#[test]
fn what_is_no_whole_workbook_is_refused_before_a_cell_is_read() {
    let desk = Desk::new();
    let refused = |name: &str, reason: &str| {
        let (code, report, err) = import(&desk, name, &[]);
        assert!(code == 65 && err.contains(&format!("\"{reason}\"")) && report.is_null(), "{name}: {code} {err}");
        assert!(!err.contains("panicked"), "{err}");
    };
    std::fs::write(desk.path("torn.xlsx"), b"PK\x03\x04 torn").unwrap();
    refused("torn.xlsx", "workbook_broken");
    zip(&desk.path("other.xlsx"), &[("word/document.xml", b"<w/>")]);
    refused("other.xlsx", "workbook_broken");
    std::fs::write(desk.path("cfb.xls"), [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 600]].concat()).unwrap();
    refused("cfb.xls", "workbook_broken");
    let locked: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(desk.path("locked.xlsx"), [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 600], &locked].concat()).unwrap();
    refused("locked.xlsx", "workbook_locked");
    // Files on which the library runs over a number or asks for a terabyte.
    for name in ["overrun.xlsx", "overrun.xls"] {
        std::fs::copy(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR")), desk.path(name)).unwrap();
        refused(name, "workbook_broken");
    }
    // A bomb: a sheet of blanks that is small in the file and large once unpacked.
    let blanks = vec![b' '; 1 << 20];
    let mut z = zip::ZipWriter::new(std::fs::File::create(desk.path("bomb.xlsx")).unwrap());
    let plain = zip::write::SimpleFileOptions::default();
    z.start_file("xl/workbook.xml", plain).unwrap();
    z.start_file("xl/worksheets/sheet1.xml", plain.large_file(true)).unwrap();
    for _ in 0..1100 {
        z.write_all(&blanks).unwrap();
    }
    z.finish().unwrap();
    assert!(std::fs::metadata(desk.path("bomb.xlsx")).unwrap().len() < 4 << 20);
    refused("bomb.xlsx", "workbook_large");
    // One cell larger than any cell: refused before it is held.
    let mut z = zip::ZipWriter::new(std::fs::File::create(desk.path("cell.xlsx")).unwrap());
    z.start_file("xl/workbook.xml", plain).unwrap();
    z.start_file("xl/worksheets/sheet1.xml", plain).unwrap();
    z.write_all(b"<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>").unwrap();
    z.write_all(&vec![b'x'; 3 << 20]).unwrap();
    z.finish().unwrap();
    refused("cell.xlsx", "workbook_broken");
    // A directory that lies about the size of a part.
    messy(&desk.path("m.xlsx"));
    let mut bytes = std::fs::read(desk.path("m.xlsx")).unwrap();
    let entry = find_last(&bytes, b"xl/worksheets/sheet1.xml") - 46;
    bytes[entry + 24..entry + 28].copy_from_slice(&10u32.to_le_bytes());
    std::fs::write(desk.path("liar.xlsx"), bytes).unwrap();
    refused("liar.xlsx", "workbook_broken");
    // A cell that says it stands a million times a thousand times.
    let mut ods =
        zip::ZipArchive::new(std::fs::File::open(format!("{}/tests/fixtures/old.ods", env!("CARGO_MANIFEST_DIR"))).unwrap()).unwrap();
    let mut content = String::new();
    ods.by_name("content.xml").unwrap().read_to_string(&mut content).unwrap();
    let cell = content.find("office:value-type=\"string\"").unwrap();
    content.insert_str(cell, "table:number-columns-repeated=\"16000\" ");
    let row = content[..cell].rfind("<table:table-row").unwrap() + "<table:table-row".len();
    content.insert_str(row, " table:number-rows-repeated=\"1000000\"");
    zip(&desk.path("many.ods"), &[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())]);
    refused("many.ods", "too_many_cells");
    std::fs::write(desk.path("r.csv"), "姓名,证件号码\n").unwrap();
    let (code, _, err) = import(&desk, "r.csv", &["--sheet", "1"]);
    assert!(code == 65 && err.contains("\"no_sheets\""), "{err}");
    assert_eq!(desk.json(&["talent", "list", "--count"])["count"], 0);
}

fn find_last(bytes: &[u8], what: &[u8]) -> usize {
    (0..bytes.len() - what.len()).rev().find(|at| bytes[*at..].starts_with(what)).unwrap()
}

#[test]
fn a_workbook_of_ours_comes_back_unchanged() {
    let desk = Desk::new();
    messy(&desk.path("m.xlsx"));
    import(&desk, "m.xlsx", &["--partial"]);
    desk.add("=1+1", &resident_id(3), &["--corps", "skilled", "--mode", "rigid", "--start-date", "2020-01", "--position", "'-岗"]);
    let export = |desk: &Desk, name: &str| {
        let path = desk.path(name);
        let (code, _, err) = desk.run(&["roster", "export", path.to_str().unwrap(), "--reveal", "--reason", "核对"]);
        assert_eq!(code, 0, "{err}");
        path
    };
    let (book, csv) = (export(&desk, "out.xlsx"), export(&desk, "out.csv"));
    let second = Desk::new();
    let (code, report, err) = import(&second, book.to_str().unwrap(), &[]);
    assert_eq!((code, &report["added"]), (0, &3.into()), "{err}");
    assert_eq!(std::fs::read(export(&second, "again.csv")).unwrap(), std::fs::read(csv).unwrap());
    // What stands in the parts: text cells, drop-downs, a frozen header; no cell is a number or a formula.
    let part = |path: &Path, name: &str| {
        let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let sheet = part(&book, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("state=\"frozen\"") && sheet.contains("<dataValidation type=\"list\"") && !sheet.contains("<f>"));
    assert!(sheet.matches("<c ").count() == sheet.matches("t=\"s\"").count() + sheet.matches("t=\"inlineStr\"").count());
    assert!(part(&book, "xl/styles.xml").contains("numFmtId=\"49\""), "text format");
    for kind in ["talent", "org", "platform", "leave"] {
        let path = desk.path(&format!("{kind}.xlsx"));
        assert_eq!(desk.run(&["roster", "template", path.to_str().unwrap(), "--kind", kind]).0, 0);
        let (code, report, err) = import(&desk, path.to_str().unwrap(), &["--kind", kind]);
        assert_eq!((code, &report["rows"]), (0, &0.into()), "{kind}: {err}");
        assert!(part(&path, "xl/workbook.xml").contains("name=\"栏目说明\""));
    }
}
