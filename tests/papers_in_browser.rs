//! The white paper and a report's page in a real browser, and the report's job under the real cron daemon. `.ci/run` installs both and runs this.

mod it;

use it::{Desk, on, resident_id};
use serde_json::Value;
use std::process::Command;
use std::time::{Duration, Instant};

/// An office with enough people for every chart and some small numbers, so that bands are drawn too.
fn office() -> Desk {
    let desk = Desk::new();
    let corps = ["企业家", "领军人才", "创新创业人才", "高技能人才"];
    let letters: Vec<char> = "甲乙丙丁戊己庚辛壬癸".chars().collect();
    let mut rows = String::from("姓名,证件类型,证件号码,学历,人才队伍,用人单位,引进方式,到岗日期\n");
    for n in 1..90usize {
        let name: String = ['示', letters[n / 10], letters[n % 10]].iter().collect();
        let began = format!("{}-{:02}-10", 2018 + n % 2, 1 + n % 11);
        let corps = corps[[0, 1, 2, 2, 3, 3, 3, 3][n % 8]];
        let education = ["博士研究生", "硕士研究生", "大学本科"][n % 3];
        rows += &format!("{name},居民身份证,{},{education},{corps},某研究院,刚性,{began}\n", resident_id(n));
    }
    std::fs::write(desk.path("r.csv"), rows).unwrap();
    desk.json(&on("2019-12-20", &["roster", "import", desk.path("r.csv").to_str().unwrap()]));
    desk
}

fn chromium() -> Command {
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success()));
    let mut c = Command::new(found.expect("chromium"));
    c.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]);
    c.args(["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--enable-logging=stderr"]);
    c
}

/// What is asked of a page from within: overflow, order of headings, contrast of every text, texts of pictures, requests.
const LOOK: &str = r"
const shade = c => { const m = c.match(/[\d.]+/g).map(Number); const f = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  return { l: 0.2126 * f(m[0]) + 0.7152 * f(m[1]) + 0.0722 * f(m[2]), a: m.length > 3 ? m[3] : 1 }; };
const ground = e => { for (; e; e = e.parentElement) { const s = shade(getComputedStyle(e).backgroundColor); if (s.a > 0) return s.l; }
  return shade(getComputedStyle(document.body).backgroundColor).l; };
const poor = [];
for (const e of document.querySelectorAll('h1,h2,h3,p,li,th,td,a,b,svg text')) {
  if (!e.textContent.trim()) continue;
  const style = getComputedStyle(e);
  const ink = shade(e.namespaceURI.includes('svg') ? style.fill : style.color).l, back = ground(e);
  const ratio = (Math.max(ink, back) + 0.05) / (Math.min(ink, back) + 0.05);
  if (ratio < 4.5) poor.push(e.tagName + ' ' + e.textContent.slice(0, 20) + ' ' + ratio.toFixed(1));
}
const root = document.documentElement;
document.body.dataset.seen = JSON.stringify({
  width: innerWidth, over: root.scrollWidth - root.clientWidth, poor,
  levels: [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1]),
  mute: [...document.querySelectorAll('svg')].filter(s => !(s.getAttribute('aria-label') || '').length).length,
  pictures: document.querySelectorAll('svg').length,
  dead: [...document.querySelectorAll('a')].filter(a => !document.querySelector(a.getAttribute('href'))).length,
  requests: performance.getEntriesByType('resource').length });
";

/// What a page of that width says of itself, and what the browser logged. The window of a browser has a least width: the page stands in a frame.
fn seen(desk: &Desk, html: &str, width: u32) -> (Value, String) {
    let page = html.replace("style-src 'unsafe-inline'", "style-src 'unsafe-inline'; script-src 'unsafe-inline'");
    let page = page.replace("</body>", &format!("<script>{LOOK}</script></body>"));
    let inner = page.replace('&', "&amp;").replace('"', "&quot;");
    let outer = format!(
        "<!doctype html><meta charset=utf-8><body><iframe style='width:{width}px;height:900px;border:0' srcdoc=\"{inner}\"></iframe><script>\
         onload=()=>document.body.dataset.told=document.querySelector('iframe').contentDocument.body.dataset.seen</script>"
    );
    let path = desk.path("outer.html");
    std::fs::write(&path, outer).unwrap();
    let run = || {
        let out = chromium()
            .arg("--virtual-time-budget=5000")
            .arg(format!("--user-data-dir={}", desk.path("browser").display()))
            .arg("--window-size=1400,1000")
            .args(["--dump-dom", &format!("file://{}", path.display())])
            .output()
            .unwrap();
        let log: String = String::from_utf8_lossy(&out.stderr).lines().filter(|l| l.contains("CONSOLE")).collect();
        (String::from_utf8_lossy(&out.stdout).into_owned(), log)
    };
    let (dom, log) = (0..5).map(|_| run()).find(|(dom, _)| dom.contains("data-told=")).expect("the page was looked at");
    let told = dom.split("data-told=\"").nth(1).unwrap().split("\">").next().unwrap();
    (serde_json::from_str(&told.replace("&quot;", "\"").replace("&amp;", "&")).unwrap(), log)
}

#[test]
#[ignore = "needs Chromium: .ci/run installs it and runs this"]
fn papers_read_well_on_every_screen_and_on_paper() {
    let desk = office();
    for (kind, period) in [("whitepaper", "2019"), ("quarter", "2019Q4")] {
        for lang in ["zh", "en"] {
            let path = desk.path("page.html");
            desk.json(&["report", kind, period, "--out", path.to_str().unwrap(), "--lang", lang]);
            let html = std::fs::read_to_string(&path).unwrap();
            let dark = html.replace("@media (prefers-color-scheme:dark)", "@media all");
            assert_ne!(html, dark, "there is a dark side to try");
            for (page, width) in [(&html, 1280), (&html, 360), (&dark, 360)] {
                let (v, log) = seen(&desk, page, width);
                let of = format!("{kind} {lang} {width}");
                assert_eq!(log, "", "{of}");
                assert_eq!((&v["width"], &v["over"], &v["requests"], &v["dead"]), (&width.into(), &0.into(), &0.into(), &0.into()), "{of}");
                assert_eq!(v["poor"], serde_json::json!([]), "{of}: contrast");
                assert!(v["pictures"].as_u64().unwrap() > 4 && v["mute"] == 0, "{of}: every picture has its words");
                let levels: Vec<u64> = v["levels"].as_array().unwrap().iter().map(|l| l.as_u64().unwrap()).collect();
                assert_eq!(levels.iter().filter(|l| **l == 1).count(), 1, "{of}");
                assert!(levels[0] == 1 && levels.windows(2).all(|w| w[1] <= w[0] + 1), "{of}: headings in order {levels:?}");
            }
            let pdf = desk.path("page.pdf");
            let printed = chromium()
                .arg(format!("--user-data-dir={}", desk.path("browser").display()))
                .arg("--no-pdf-header-footer")
                .arg(format!("--print-to-pdf={}", pdf.display()))
                .arg(format!("file://{}", path.display()))
                .output()
                .unwrap();
            assert!(printed.status.success());
            let pdf = String::from_utf8_lossy(&std::fs::read(&pdf).unwrap()).into_owned();
            let pages = pdf.matches("/Type /Page\n").count();
            assert!((3..60).contains(&pages), "{kind} {lang}: {pages} pages");
            let a4 = |m: &str| m.trim_start().starts_with("[0 0 594.9") || m.trim_start().starts_with("[0 0 595.");
            assert!(pdf.split("/MediaBox").skip(1).all(a4), "{kind} {lang}: every page is A4");
        }
    }
}

#[test]
#[ignore = "needs the cron daemon and root: .ci/run installs it and runs this"]
fn cron_prints_the_report_in_its_own_bare_environment() {
    let desk = office();
    let (out, log) = (desk.path("out"), desk.path("rencai.log"));
    std::fs::create_dir(&out).unwrap();
    let program = assert_cmd::cargo::cargo_bin("rencai");
    let line = format!(
        "RENCAI_DB={}\nRENCAI_LANG=zh\n* * * * * {} report year last --freeze --catch-up --out {}/{{period}}.html --out {}/{{period}}.xlsx >>{} 2>&1\n",
        desk.path("office.db").display(),
        program.display(),
        out.display(),
        out.display(),
        log.display()
    );
    std::fs::write(desk.path("crontab"), line).unwrap();
    let before = Command::new("crontab").arg("-l").output().unwrap();
    assert!(Command::new("crontab").arg(desk.path("crontab")).status().unwrap().success());
    let mut daemon = Command::new("cron").arg("-f").spawn().unwrap();
    let began = Instant::now();
    let read = || std::fs::read_to_string(&log).unwrap_or_default();
    // Twice: the first call freezes, the second one leaves what is frozen as it is.
    while read().lines().count() < 2 && began.elapsed() < Duration::from_secs(150) {
        std::thread::sleep(Duration::from_millis(500));
    }
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    if before.status.success() && !before.stdout.is_empty() {
        std::fs::write(desk.path("crontab"), before.stdout).unwrap();
        Command::new("crontab").arg(desk.path("crontab")).status().unwrap();
    } else {
        Command::new("crontab").arg("-r").status().unwrap();
    }
    let text = read();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].contains(" report.year period=") && lines[0].contains(" unchanged=false file="), "{text}");
    assert!(lines[1].contains(" unchanged=true"), "{text}");
    let files: Vec<String> = std::fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files.len(), 2, "whole files and nothing beside them: {files:?}");
    assert_eq!(desk.json(&["report", "verify", "--all"])[0]["ok"], true);
}
