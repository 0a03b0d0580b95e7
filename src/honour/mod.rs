//! Honours (创新创业功勋 and outside awards, plan 五（二）4): nominated, reviewed, in public, awarded on a decision; or prepared for another body, sent, shortlisted,
//! awarded or not. The certificate, the reward and the seat in the expert pool are one act, and a revocation undoes all of it. States and types here; SQL
//! is in `store`, acts are in `change`, the certificate in `print`.

pub mod change;
pub mod cmd;
mod print;
pub mod store;

use crate::workflow::Machine;

/// Prefix of an honour's human number.
pub const PREFIX: &str = "H";
/// The benefit that rewards the zone's own honour.
pub const SCHEME: &str = "honour_award";
/// The zone's own honour in English.
pub const TITLE_EN: &str = "Merit in Innovation and Entrepreneurship";

/// The title of a zone's own honour: in the plan's words for the zone that the plan is of, else behind the zone's name.
pub fn title(zone: &str) -> String {
    match zone {
        "和林格尔新区" => "内蒙古和林格尔新区创新创业功勋".to_owned(),
        other => format!("{other}创新创业功勋"),
    }
}

/// States of the zone's own honour (提名、评审、公示、授予、不予授予、撤销).
pub const MACHINE: Machine = Machine {
    kind: "honour",
    moves: &[
        ("nominated", &["reviewed", "not_awarded"]),
        ("reviewed", &["publicised", "not_awarded"]),
        ("publicised", &["awarded", "not_awarded"]),
        ("awarded", &["revoked"]),
        ("not_awarded", &[]),
        ("revoked", &[]),
    ],
};

/// States of a nomination for another body's honour (准备、报送、入围、获授、未获授).
pub const OUTSIDE: Machine = Machine {
    kind: "honour",
    moves: &[
        ("prepared", &["sent", "not_awarded"]),
        ("sent", &["shortlisted", "awarded", "not_awarded"]),
        ("shortlisted", &["awarded", "not_awarded"]),
        ("awarded", &[]),
        ("not_awarded", &[]),
    ],
};

/// The states of a nomination, outside or the zone's own.
pub fn machine(outside: bool) -> &'static Machine {
    if outside { &OUTSIDE } else { &MACHINE }
}

/// Whether a nomination still waits for its end.
pub fn on_its_way(state: &str) -> bool {
    !matches!(state, "awarded" | "not_awarded" | "revoked")
}

/// The code set's name of a level: nation is national there.
pub fn level_code(level: &str) -> &str {
    if level == "nation" { "national" } else { level }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::codes;

    #[test]
    fn the_honour_is_called_as_the_plan_has_it() {
        assert_eq!(title("和林格尔新区"), "内蒙古和林格尔新区创新创业功勋");
        assert_eq!((title("内蒙古和林格尔新区"), title("某新区")), (title("和林格尔新区"), "某新区创新创业功勋".to_owned()));
    }

    #[test]
    fn every_state_leads_on_or_ends() {
        for m in [&MACHINE, &OUTSIDE] {
            for (state, next) in m.moves {
                assert!(next.iter().all(|n| m.moves.iter().any(|(s, _)| s == n)), "{state}");
                assert_eq!(on_its_way(state), next.len() > 1, "{state}");
            }
        }
        // Nobody is awarded who did not stand in public; what another body awards passes by no notice of ours.
        assert!(MACHINE.moves.iter().filter(|(_, next)| next.contains(&"awarded")).all(|(s, _)| *s == "publicised"));
        assert_eq!(OUTSIDE.to("H1", "prepared", "awarded").unwrap_err().key, "wrong_state");
        assert!(["nation", "region", "city"].iter().all(|l| codes::find("platform_level", level_code(l)) == Some(level_code(l))));
    }
}
