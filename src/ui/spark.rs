//! Small pictures within a line of text: a row of numbers as a sparkline, a share as a bar. Blocks only where a terminal shows them; elsewhere
//! the numbers stand as they are. Pure functions; whether the terminal can is asked of `Out`.

/// Eighths of a cell, from below.
const RISING: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Eighths of a cell, from the left.
const FILLING: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A row of numbers as blocks, the highest being full; nothing at all is the lowest block.
pub fn line(numbers: &[u64]) -> String {
    let most = numbers.iter().copied().max().unwrap_or(0).max(1);
    let block = |n: u64| {
        // Whatever is not nothing rises above the ground.
        let eighth = if n == 0 { 0 } else { (u128::from(n) * 7).div_ceil(u128::from(most)) as usize };
        RISING[eighth.min(7)]
    };
    numbers.iter().map(|n| block(*n)).collect()
}

/// The same for a pipe or a terminal without blocks: the numbers, apart by blanks.
pub fn plain(numbers: &[u64]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// A share of a whole as a bar of so many cells; more than the whole is the whole.
pub fn bar(part: u64, whole: u64, cells: usize) -> String {
    let eighths = cells * 8;
    let filled = if whole == 0 { 0 } else { (u128::from(part.min(whole)) * eighths as u128 / u128::from(whole)) as usize };
    let mut out: String = std::iter::repeat_n('█', filled / 8).collect();
    if let Some(rest) = (filled % 8).checked_sub(1) {
        out.push(FILLING[rest]);
    }
    let drawn = out.chars().count();
    out.extend(std::iter::repeat_n('·', cells - drawn));
    out
}

/// Whether a terminal shows blocks: one of letters beyond ASCII that is not a bare console. `var` asks the environment.
pub fn shows_blocks(var: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| var(name).filter(|v| !v.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| set(name)).unwrap_or_default().to_ascii_lowercase();
    let utf8 = locale.contains("utf-8") || locale.contains("utf8");
    utf8 && set("TERM").is_some_and(|t| t != "dumb" && t != "linux")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_rise_as_they_are() {
        assert_eq!(line(&[0, 1, 2, 3, 4, 5, 6, 7]), "▁▂▃▄▅▆▇█");
        assert_eq!((line(&[]), line(&[0, 0]), line(&[1, 1000])), (String::new(), "▁▁".into(), "▂█".into()));
        assert_eq!(plain(&[3, 0, 12]), "3 0 12");
    }

    #[test]
    fn a_bar_is_full_at_the_whole() {
        assert_eq!([bar(0, 10, 4), bar(5, 10, 4), bar(10, 10, 4), bar(99, 10, 4)], ["····", "██··", "████", "████"]);
        assert_eq!([bar(1, 32, 4), bar(31, 32, 4), bar(3, 0, 2)], ["▏···", "███▉", "··"]);
    }

    #[test]
    fn blocks_need_a_terminal_of_unicode() {
        let env = |pairs: &'static [(&'static str, &'static str)]| {
            shows_blocks(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert!(env(&[("LANG", "zh_CN.UTF-8"), ("TERM", "xterm-256color")]));
        assert!(env(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("TERM", "screen")]));
        for pairs in [
            &[("LANG", "zh_CN.GB18030"), ("TERM", "xterm")] as &[_],
            &[("LC_ALL", "C"), ("LANG", "en_US.UTF-8"), ("TERM", "xterm")],
            &[("LANG", "en_US.UTF-8"), ("TERM", "linux")],
            &[("LANG", "en_US.UTF-8")],
            &[],
        ] {
            assert!(!env(pairs), "{pairs:?}");
        }
    }

    proptest! {
        #[test]
        fn a_picture_has_its_width(numbers in proptest::collection::vec(any::<u64>(), 0..40), part: u64, whole: u64, cells in 0usize..40) {
            prop_assert_eq!(line(&numbers).chars().count(), numbers.len());
            prop_assert_eq!(bar(part, whole, cells).chars().count(), cells);
        }
    }
}
