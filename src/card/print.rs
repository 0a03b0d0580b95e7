//! `card print`: a card as a picture of its real size (ID-1, ISO/IEC 7810: 85.60 × 53.98 mm), alone as SVG or ten to an A4 sheet as HTML.
//! Bilingual, the name masked unless revealed, with the token as a QR code.

use super::change;
use super::store;
use super::verify::{Signing, claim};
use crate::base::number;
use crate::db::files::write_whole;
use crate::error::{self, Result};
use crate::office::{Exit, Office};
use crate::paper::letter::escaped;
use crate::policy;
use crate::talent::store as people;
use crate::ui::View;
use crate::ui::out::shown;
use crate::workflow::several::Named;
use fast_qr::{ECL, Mode, QRBuilder};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::path::Path;

/// What stands on a card.
#[derive(Debug)]
struct Face {
    zone: String,
    no: String,
    holder: String,
    level: (String, String),
    /// Rank of the level, the highest 0: its colour.
    rank: usize,
    attached: bool,
    issued: String,
    until: String,
    token: String,
}

/// What a card can be printed as.
#[cfg(feature = "pdf")]
const FORMS: [&str; 3] = ["svg", "html", "pdf"];
/// What a card can be printed as.
#[cfg(not(feature = "pdf"))]
const FORMS: [&str; 2] = ["svg", "html"];

/// Cards to a sheet of A4.
const SHEET: usize = 10;

/// Colours of a level's band and its ink, by rank; levels beyond the third look like the third.
const BANDS: [(&str, &str); 3] = [("#8f6417", "#5c3f06"), ("#5b6977", "#36424d"), ("#3f6f8f", "#1d3c50")];

/// Prints the cards named into a file of the form its name says.
pub fn run(office: &Office, named: &Named, out: &Path) -> Result<Exit> {
    let form = out.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).unwrap_or_default();
    if !FORMS.contains(&form.as_str()) {
        return Err(error::usage("card_form").fact("forms", FORMS.join(", ")).fact("file", shown(&out.display().to_string())));
    }
    if form == "svg" && named.ids.len() > 1 {
        return Err(error::usage("one_card_svg").fact("n", named.ids.len()));
    }
    let (faces, numbers) = faces(office, &named.ids)?;
    let bytes = match (form.as_str(), faces.as_slice()) {
        ("svg", [one]) => (svg(one) + "\n").into_bytes(),
        #[cfg(feature = "pdf")]
        ("pdf", faces) => crate::paper::pdf::pages(&faces.chunks(SHEET).map(page).collect::<Vec<_>>())?,
        _ => sheet(&faces).into_bytes(),
    };
    let path = crate::db::open::absolute(out)?;
    if !office.globals.dry_run {
        let mut what = Map::new();
        what.insert("cards".into(), numbers.clone().into());
        office.record_access("card.print", what)?;
        write_whole(&path, &bytes)?;
    }
    let mut v = json!({"path": shown(&path.display().to_string()), "form": form, "count": faces.len(), "cards": numbers});
    if office.globals.dry_run {
        v["dry_run"] = Value::Bool(true);
    }
    office.show(&View::object(v))?;
    Ok(Exit::Done)
}

/// The faces of cards that are valid on the day, with their numbers. 3 where one is not.
fn faces(office: &Office, ids: &[i64]) -> Result<(Vec<Face>, Vec<String>)> {
    let conn = office.read()?;
    if office.globals.reveal && office.globals.reason.is_none() {
        return Err(error::usage("reveal_reason"));
    }
    let signing = Signing::new(office);
    let key = signing.key(conn)?.ok_or_else(|| error::conflict("no_private_key").detail("possible", vec!["card key rotate"]))?;
    let zone = office.setting("zone")?.unwrap_or_default();
    let (mut faces, mut numbers) = (Vec::new(), Vec::new());
    for id in ids {
        let card = store::load(conn, *id)?.ok_or_else(|| error::not_office("damaged"))?;
        let seen = change::look(conn, card, office.as_of())?;
        change::must_be_valid(&seen)?;
        let card = seen.card;
        let claim = claim(conn, &card)?;
        let holder = if office.globals.reveal {
            let p = people::load(conn, people::survivor(conn, card.person_id)?)?.ok_or_else(|| error::not_office("damaged"))?;
            p.name_on(card.issued).unwrap_or_default().to_owned()
        } else {
            claim.holder.clone()
        };
        let pack = match card.policy_id {
            Some(id) => policy::store::card_version(conn, id)?,
            None => policy::store::card(conn)?.1,
        };
        let levels = pack.scheme.iter().find(|s| s.code == card.scheme).map(|s| s.level.as_slice()).unwrap_or_default();
        let rank = levels.iter().position(|l| l.code == card.level).unwrap_or(levels.len());
        let level = levels.get(rank).map_or_else(|| (card.level.clone(), card.level.clone()), |l| (l.title_zh.clone(), l.title_en.clone()));
        numbers.push(card.no());
        faces.push(Face {
            zone: zone.clone(),
            no: number::format(super::PREFIX, card.id),
            holder,
            level,
            rank,
            attached: claim.attached,
            issued: card.issued.iso(),
            until: card.valid_until.iso(),
            token: key.token(&claim),
        });
    }
    Ok((faces, numbers))
}

/// The QR code of a token as one path within a square of `size`, its quiet zone of four modules included.
fn qr(token: &str, size: f64) -> String {
    // Capital letters and digits: the alphanumeric mode holds them in five and a half bits each.
    let Ok(code) = QRBuilder::new(token).mode(Mode::Alphanumeric).ecl(ECL::M).build() else { return String::new() };
    let unit = size / (code.size + 8) as f64;
    let mut path = String::new();
    for y in 0..code.size {
        let mut x = 0;
        while x < code.size {
            let run = (x..code.size).take_while(|x| code[y][*x].value()).count();
            if run > 0 {
                let at = |n: usize| (n + 4) as f64 * unit;
                let _ = write!(path, "M{:.2} {:.2}h{:.2}v{unit:.2}h-{:.2}z", at(x), at(y), run as f64 * unit, run as f64 * unit);
            }
            x += run.max(1);
        }
    }
    path
}

/// A card in tenths of a millimetre.
fn svg(f: &Face) -> String {
    let (band, ink) = BANDS[f.rank.min(BANDS.len() - 1)];
    let [zone, no, holder, zh, en] = [&f.zone, &f.no, &f.holder, &f.level.0, &f.level.1].map(|t| escaped(t));
    let kind = if f.attached { ("（附属卡）", " (attached)") } else { ("", "") };
    let row = |y: u32, label: &str, english: &str, value: &str| {
        format!(
            "<text x=\"36\" y=\"{y}\" font-size=\"20\" fill=\"#555\">{label}<tspan font-size=\"15\" dx=\"6\">{english}</tspan></text>\
             <text x=\"36\" y=\"{}\" font-size=\"29\" fill=\"#111\">{value}</text>",
            y + 33
        )
    };
    let rows = [
        row(196, "持卡人", "Holder", &holder),
        row(282, "等级", "Level", &format!("{zh}<tspan font-size=\"20\" dx=\"8\">{en}</tspan>")),
        row(368, "卡号", "Card No.", &no),
        row(454, "有效期", "Valid", &format!("{}<tspan font-size=\"22\"> 至 </tspan>{}", f.issued, f.until)),
    ]
    .concat();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"85.6mm\" height=\"53.98mm\" viewBox=\"0 0 856 539.8\" role=\"img\" \
         aria-label=\"服务卡 {no}\" font-family=\"'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',SimHei,sans-serif\">\
         <rect x=\"1\" y=\"1\" width=\"854\" height=\"537.8\" rx=\"31.8\" fill=\"#fff\" stroke=\"#999\" stroke-width=\"1.5\"/>\
         <path d=\"M1 32.8a31.8 31.8 0 0 1 31.8-31.8h790.4a31.8 31.8 0 0 1 31.8 31.8v107.2h-854z\" fill=\"{band}\"/>\
         <text x=\"36\" y=\"58\" font-size=\"24\" fill=\"#fff\">{zone}</text>\
         <text x=\"36\" y=\"104\" font-size=\"40\" font-weight=\"700\" fill=\"#fff\">高层次人才服务卡{}</text>\
         <text x=\"820\" y=\"127\" font-size=\"19\" text-anchor=\"end\" fill=\"#fff\">Talent Service Card{}</text>{rows}\
         <path d=\"{}\" transform=\"translate(520 152)\" fill=\"#000\" shape-rendering=\"crispEdges\"/>\
         <text x=\"668\" y=\"475\" font-size=\"17\" text-anchor=\"middle\" fill=\"{ink}\">凭此码核验 Scan to verify</text>\
         <text x=\"668\" y=\"502\" font-size=\"17\" text-anchor=\"middle\" fill=\"{ink}\">全程免费 Free of charge</text></svg>",
        kind.0,
        kind.1,
        qr(&f.token, 296.0)
    )
}

/// Cards ten to a page of A4, each of its real size.
fn sheet(faces: &[Face]) -> String {
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>服务卡 Service cards</title>\n<style>@page{size:A4;margin:10mm 16mm}body{margin:0}\
         .page{display:grid;grid-template-columns:repeat(2,85.6mm);gap:1mm 4mm;justify-content:safe center;break-after:page}\
         .page:last-child{break-after:auto}svg{display:block}</style></head>\n<body>\n",
    );
    for page in faces.chunks(SHEET) {
        out.push_str("<div class=\"page\">\n");
        for face in page {
            out.push_str(&svg(face));
            out.push('\n');
        }
        out.push_str("</div>\n");
    }
    out.push_str("</body></html>\n");
    out
}

/// A sheet of A4 as one picture, in tenths of a millimetre.
#[cfg(feature = "pdf")]
fn page(faces: &[Face]) -> String {
    let mut out = String::from("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" viewBox=\"0 0 2100 2970\">");
    for (n, face) in faces.iter().enumerate() {
        let (x, y) = (174 + n % 2 * 896, 115 + n / 2 * 550);
        let place = format!("x=\"{x}\" y=\"{y}\" width=\"856\" height=\"539.8\"");
        out.push_str(&svg(face).replacen("width=\"85.6mm\" height=\"53.98mm\"", &place, 1));
    }
    out + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(n: usize) -> Face {
        Face {
            zone: "某新区 <A&B>".into(),
            no: format!("C{n:06}X"),
            holder: "张*".into(),
            level: ("金卡".into(), "Gold".into()),
            rank: 0,
            attached: n == 1,
            issued: "2019-06-10".into(),
            until: "2021-03-31".into(),
            token: "AEAAAAAAAA".repeat(15),
        }
    }

    #[test]
    fn a_card_is_of_its_real_size_bilingual_and_well_formed() {
        let text = svg(&face(1));
        for part in ["85.6mm", "53.98mm", "持卡人", "Holder", "张*", "C000001X", "附属卡", "某新区 &lt;A&amp;B&gt;", "2021-03-31"]
        {
            assert!(text.contains(part), "{part}");
        }
        let mut reader = quick_xml::Reader::from_str(&text);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    }

    #[test]
    fn a_code_is_drawn_and_modules_are_large_enough_to_be_read() {
        let code = QRBuilder::new("AEAAAAAAAA".repeat(15)).mode(Mode::Alphanumeric).ecl(ECL::M).build().unwrap();
        // Tenths of a millimetre a module; a phone wants a third of a millimetre.
        assert!(296.0 / (code.size + 8) as f64 >= 3.3, "{}", code.size);
        assert!(qr(&"AEAAAAAAAA".repeat(15), 296.0).starts_with('M'));
    }

    #[test]
    fn ten_cards_make_a_page() {
        let faces: Vec<Face> = (1..=11).map(face).collect();
        let text = sheet(&faces);
        assert_eq!((text.matches("class=\"page\"").count(), text.matches("<svg").count()), (2, 11));
    }
}
