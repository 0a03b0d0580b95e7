//! The commands in the documents are run as they stand there, page by page, each page in a folder of its own.

mod it;

use it::Desk;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One run of a page's commands: where its shell stands, and what the last command said.
struct Reader<'a> {
    desk: &'a Desk,
    lang: &'a str,
    folder: PathBuf,
    office: PathBuf,
    said: String,
    ran: usize,
    promised: usize,
}

impl Reader<'_> {
    /// A command; a comment `exit N` names another end than 0.
    fn run(&mut self, line: &str) {
        let (command, comment) = line.split_once('#').unwrap_or((line, ""));
        let expected = comment.trim().strip_prefix("exit ").map_or(0, |n| n.trim().parse().unwrap());
        let out = Command::new(env!("CARGO_BIN_EXE_rencai"))
            .env_clear()
            .env("RENCAI_DB", &self.office)
            .env("RENCAI_LANG", self.lang)
            .envs(it::clock())
            .current_dir(&self.folder)
            .args(command.split_whitespace().skip(1))
            .output()
            .unwrap();
        self.said = [out.stdout, out.stderr].map(|b| String::from_utf8(b).unwrap()).concat();
        assert_eq!(out.status.code(), Some(expected), "{line}\n{}", self.said);
        self.ran += 1;
    }

    /// A line that the page says the command before shows: its words in one line of what it said, `…` for anything.
    fn promise(&mut self, line: &str) {
        let even = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let parts: Vec<String> = line.split('…').map(even).collect();
        let shows = |said: &str| {
            let said = even(said);
            let mut rest = said.as_str();
            parts.iter().all(|part| {
                rest.find(part.as_str()).is_some_and(|at| {
                    rest = &rest[at + part.len()..];
                    true
                })
            })
        };
        assert!(self.said.lines().any(shows), "{line:?} is not in\n{}", self.said);
        self.promised += 1;
    }

    fn line(&mut self, line: &str) {
        if line.starts_with("rencai ") {
            self.run(line);
        } else if let Some(folder) = line.strip_prefix("cd ") {
            self.folder = self.folder.join(folder);
        } else if let Some(office) = line.strip_prefix("export RENCAI_DB=") {
            self.office = self.folder.join(office);
        } else if let Some(promised) = line.strip_prefix("#  ") {
            self.promise(promised);
        }
    }
}

/// Does what the code of a page says, in a folder of its own with the examples: how many commands ran and how many lines were promised.
fn run_page(page: &str, lang: &str, needed: &[(&str, &str)]) -> (usize, usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let desk = Desk::bare();
    std::os::unix::fs::symlink(root.join("examples"), desk.path("examples")).unwrap();
    for (name, example) in needed {
        std::fs::copy(root.join("examples").join(example), desk.path(name)).unwrap();
    }
    let text = std::fs::read_to_string(root.join(page)).unwrap();
    let mut reader =
        Reader { folder: desk.path(""), office: desk.path("office.db"), desk: &desk, lang, said: String::new(), ran: 0, promised: 0 };
    // A heading begins where the tool was called.
    for line in text.lines() {
        if line.starts_with("## ") {
            (reader.folder, reader.office) = (reader.desk.path(""), reader.desk.path("office.db"));
        }
        reader.line(line.trim_start());
    }
    (reader.ran, reader.promised)
}

#[test]
fn the_tour_of_the_readme_runs() {
    let (ran, promised) = run_page("README.md", "en", &[("roster.csv", "stories.csv")]);
    assert!(ran >= 24 && promised >= 12, "{ran} {promised}");
    assert_eq!(run_page("README.zh-CN.md", "zh", &[("花名册.csv", "stories.csv")]), (ran, promised));
}

#[test]
fn the_examples_are_used_as_their_page_says() {
    assert!(run_page("examples/README.md", "zh", &[]).0 >= 8);
}
