//! `honour print`: the certificate (荣誉证书) as a picture of A4, alone as SVG or one to a page as HTML. Bilingual, with the holder's name and no
//! number of a document.

use crate::base::day::Day;
use crate::paper::letter::{escaped, written};
use crate::ui::Lang;
use unicode_width::UnicodeWidthStr as _;

/// What stands on a certificate.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    pub(super) no: String,
    pub(super) name: String,
    pub(super) zone: String,
    /// Title in Chinese and English.
    pub(super) title: (String, String),
    pub(super) document_no: String,
    pub(super) day: Day,
}

/// Width of the text in the frame, in tenths of a millimetre.
const WIDTH: f64 = 2300.0;

/// The size in which a text fits into one line, `size` at most: a letter of Han is a square, one of Latin half of it.
fn fit(text: &str, size: f64) -> f64 {
    let squares = text.width().max(1) as f64 / 2.0;
    size.min(WIDTH / squares)
}

/// One line in the middle of the page.
fn line(y: f64, size: f64, style: &str, text: &str) -> String {
    format!("<text x=\"1485\" y=\"{y:.0}\" font-size=\"{:.1}\" text-anchor=\"middle\" {style}>{}</text>", fit(text, size), escaped(text))
}

/// A certificate in tenths of a millimetre, A4 across.
pub(super) fn svg(c: &Certificate) -> String {
    let (zh, en) = (&c.title.0, &c.title.1);
    let body = [
        line(430.0, 190.0, "font-weight=\"700\" fill=\"#8f1d14\" letter-spacing=\"40\"", "荣誉证书"),
        line(530.0, 62.0, "fill=\"#5c3f06\"", "Certificate of Honour"),
        line(780.0, 130.0, "font-weight=\"700\" fill=\"#111\"", &c.name),
        line(930.0, 66.0, "fill=\"#111\"", &format!("在{}创新创业，作出卓越贡献，经{}决定，授予", c.zone, c.document_no)),
        line(1080.0, 112.0, "font-weight=\"700\" fill=\"#8f1d14\"", &format!("“{zh}”")),
        line(1200.0, 66.0, "fill=\"#111\"", "荣誉称号，特颁此证。"),
        line(1330.0, 48.0, "fill=\"#444\"", &format!("is awarded the honorary title “{en}”")),
        line(1400.0, 48.0, "fill=\"#444\"", "for outstanding contributions to innovation and entrepreneurship."),
    ]
    .concat();
    let foot = format!(
        "<text x=\"330\" y=\"1760\" font-size=\"48\" fill=\"#444\">证书编号 Certificate No. {}</text>\
         <text x=\"2640\" y=\"1660\" font-size=\"{:.1}\" text-anchor=\"end\" fill=\"#111\">{}</text>\
         <text x=\"2640\" y=\"1760\" font-size=\"58\" text-anchor=\"end\" fill=\"#111\">{}</text>",
        escaped(&c.no),
        fit(&c.zone, 66.0),
        escaped(&c.zone),
        escaped(&written(Lang::Zh, c.day)),
    );
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"297mm\" height=\"210mm\" viewBox=\"0 0 2970 2100\" role=\"img\" \
         aria-label=\"荣誉证书 {}\" font-family=\"'Noto Serif CJK SC','Source Han Serif SC',SimSun,'Songti SC',serif\">\
         <rect width=\"2970\" height=\"2100\" fill=\"#fffdf6\"/>\
         <rect x=\"120\" y=\"120\" width=\"2730\" height=\"1860\" fill=\"none\" stroke=\"#8f6417\" stroke-width=\"16\"/>\
         <rect x=\"160\" y=\"160\" width=\"2650\" height=\"1780\" fill=\"none\" stroke=\"#8f6417\" stroke-width=\"5\"/>{body}{foot}</svg>",
        escaped(&c.no)
    )
}

/// Certificates one to a page.
pub(super) fn html(all: &[Certificate]) -> String {
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>荣誉证书 Certificate of Honour</title>\n<style>@page{size:A4 landscape;margin:0}body{margin:0}\
         svg{display:block;width:297mm;height:210mm;max-width:100%;break-after:page}svg:last-child{break-after:auto}</style></head>\n<body>\n",
    );
    for c in all {
        out.push_str(&svg(c));
        out.push('\n');
    }
    out.push_str("</body></html>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(name: &str) -> Certificate {
        Certificate {
            no: "H000001X".into(),
            name: name.into(),
            zone: "某新区 <A&B>".into(),
            title: ("某新区创新创业功勋".into(), "Merit".into()),
            document_no: "和人才〔2019〕9号".into(),
            day: Day::parse_iso("2019-06-01").unwrap(),
        }
    }

    #[test]
    fn a_certificate_is_bilingual_and_well_formed() {
        let text = svg(&certificate("张三"));
        for part in [
            "297mm",
            "210mm",
            "荣誉证书",
            "Certificate of Honour",
            "张三",
            "H000001X",
            "和人才〔2019〕9号",
            "2019年6月1日",
            "某新区 &lt;A&amp;B&gt;",
        ] {
            assert!(text.contains(part), "{part}");
        }
        let mut reader = quick_xml::Reader::from_str(&text);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
        let two = html(&[certificate("张三"), certificate("李四")]);
        assert!(two.matches("<svg").count() == 2 && two.contains("A4 landscape"));
    }

    #[test]
    fn the_longest_name_stays_within_the_frame() {
        for name in ["孟和", "阿不都热合曼·吐尔逊·阿不力米提·阿不都克里木", "Wolfeschlegelsteinhausenbergerdorff Maximilian Alexander"]
        {
            let size = fit(name, 130.0);
            assert!(size <= 130.0 && size * name.width() as f64 / 2.0 <= WIDTH + 0.1, "{name}: {size}");
        }
    }
}
