//! The commands in the documents are run as they stand there, page by page, each page in a folder of its own.

mod it;

use it::Desk;
use std::path::Path;
use std::process::Command;

/// Runs every line of a page that begins with `rencai `; a comment `exit N` names another end than 0. How many ran.
fn run_page(page: &str, needed: &[(&str, &str)]) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let desk = Desk::bare();
    std::os::unix::fs::symlink(root.join("examples"), desk.path("examples")).unwrap();
    for (name, example) in needed {
        std::fs::copy(root.join("examples").join(example), desk.path(name)).unwrap();
    }
    let text = std::fs::read_to_string(root.join(page)).unwrap();
    let mut ran = 0;
    for line in text.lines().map(str::trim).filter(|l| l.starts_with("rencai ")) {
        let (command, comment) = line.split_once('#').unwrap_or((line, ""));
        let expected = comment.trim().strip_prefix("exit ").map_or(0, |n| n.trim().parse().unwrap());
        let out = Command::new(env!("CARGO_BIN_EXE_rencai"))
            .env_clear()
            .env("RENCAI_DB", desk.path("office.db"))
            .current_dir(desk.dir.path())
            .args(command.split_whitespace().skip(1))
            .output()
            .unwrap();
        assert_eq!(out.status.code(), Some(expected), "{page}: {line}\n{}", String::from_utf8_lossy(&out.stderr));
        ran += 1;
    }
    ran
}

#[test]
fn the_tour_of_the_readme_runs() {
    assert!(run_page("README.md", &[("roster.csv", "stories.csv")]) >= 8);
    assert!(run_page("README.zh-CN.md", &[("花名册.csv", "stories.csv")]) >= 8);
}

#[test]
fn the_examples_are_used_as_their_page_says() {
    assert!(run_page("examples/README.md", &[]) >= 8);
}
