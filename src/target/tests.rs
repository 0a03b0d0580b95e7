use super::*;
use crate::policy::{parse_targets, shipped};
use chrono::NaiveDate;
use proptest::prelude::*;
use std::sync::LazyLock;

static PACK: LazyLock<TargetsPack> = LazyLock::new(|| parse_targets(shipped("targets").unwrap()).unwrap());

fn on(iso: &str) -> i32 {
    iso.parse::<NaiveDate>().unwrap().to_epoch_days()
}

fn target(code: &str) -> &'static Target {
    PACK.target(code).unwrap()
}

/// Talent of a primary corps, engaged since a day and still here.
fn person(corps: Corps, introduced: Option<&str>) -> PersonFacts {
    PersonFacts {
        merged: false,
        kind: PersonKind::Talent,
        corps_on_day: Some(corps),
        corps_more: CorpsSet::default(),
        first_introduced_from: introduced.map(on),
        engaged_on_day: true,
        ever_engaged: true,
    }
}

fn judge(code: &str, facts: &PersonFacts, day: &str) -> Verdict {
    let Counts::People { corps, kinds } = &target(code).counts else {
        panic!("{code} counts no people");
    };
    person_verdict(facts, *corps, kinds, on(day), &PACK.term)
}

fn judge_org(facts: &OrgFacts, day: &str) -> Verdict {
    let Counts::Orgs { kinds } = &target("T1").counts else {
        panic!("T1 counts no units");
    };
    org_verdict(facts, kinds, on(day), &PACK.term)
}

fn judge_platform(code: &str, kind: PlatformKind, stage: Option<Stage>) -> Why {
    let Counts::Platforms { kinds } = &target(code).counts else {
        panic!("{code} counts no platforms");
    };
    let facts = PlatformFacts { kind, stage_on_day: stage };
    platform_verdict(&facts, kinds).why_all
}

fn line(code: &str, introduced: i64, all: i64, day: &str) -> TargetLine {
    let figures = Figures { introduced, all, left: 0 };
    TargetLine::of(&PACK, target(code), figures, on(day), true)
}

/// A to E of DOMAIN.md, as of 2019-12-31.
fn worked_example() -> [PersonFacts; 5] {
    let a = person(Corps::Leading, Some("2018-05-01")); // contract over, no leave recorded: still engaged
    let b = person(Corps::Leading, Some("2017-09-01"));
    let mut c = person(Corps::Leading, Some("2018-03-01"));
    c.engaged_on_day = false;
    let d = person(Corps::Leading, None);
    let mut e = person(Corps::Leading, Some("2019-06-01"));
    e.corps_more = [Corps::Innovator].into_iter().collect();
    [a, b, c, d, e]
}

fn tally(code: &str, people: &[PersonFacts], day: &str) -> Figures {
    let mut figures = Figures::default();
    for p in people {
        figures.add(judge(code, p, day));
    }
    figures
}

#[test]
fn the_worked_example_counts_three_introduced_one_left_four_in_all() {
    let people = worked_example();
    let day = "2019-12-31";
    assert_eq!(tally("T5", &people, day), Figures { introduced: 3, all: 4, left: 1 });
    assert_eq!(tally("T6", &people, day), Figures::default());

    let whys = people.map(|p| {
        let v = judge("T5", &p, day);
        (v.why.code(), v.why_all.code())
    });
    assert_eq!(
        whys,
        [
            ("introduced_in_term", "in_corps_on_day"),
            ("introduced_before_term", "in_corps_on_day"),
            ("introduced_in_term", "not_engaged_on_day"),
            ("home_grown", "in_corps_on_day"),
            ("introduced_in_term", "in_corps_on_day"),
        ]
    );
    let e_as_innovator = judge("T6", &people[4], day);
    assert_eq!(e_as_innovator.why, Why::SecondaryCorps);
    assert_eq!(e_as_innovator.reason(Figure::All), Why::SecondaryCorps);
}

#[test]
fn students_relatives_merged_records_and_other_corps_never_count() {
    let own = person(Corps::Skilled, Some("2019-01-01"));
    let day = "2019-12-31";
    for (facts, why) in [
        (PersonFacts { kind: PersonKind::Student, ..own }, Why::KindNotCounted),
        (PersonFacts { kind: PersonKind::Related, ..own }, Why::KindNotCounted),
        (PersonFacts { merged: true, ..own }, Why::Merged),
        (PersonFacts { corps_on_day: None, ..own }, Why::NoCorps),
        (PersonFacts { corps_on_day: Some(Corps::Leading), ..own }, Why::OtherCorps),
    ] {
        let v = judge("T7", &facts, day);
        assert_eq!((v.introduced, v.all, v.left), (false, false, false));
        assert_eq!((v.why, v.why_all), (why, why));
    }
}

#[test]
fn an_introduction_counts_from_the_terms_first_day_to_its_last_and_not_before_its_own() {
    let why = |from, day| judge("T4", &person(Corps::Entrepreneur, Some(from)), day).why;
    assert_eq!(why("2017-12-31", "2020-12-31"), Why::IntroducedBeforeTerm);
    assert_eq!(why("2018-01-01", "2020-12-31"), Why::IntroducedInTerm);
    assert_eq!(why("2020-12-31", "2020-12-31"), Why::IntroducedInTerm);
    assert_eq!(why("2021-01-01", "2020-12-31"), Why::IntroducedAfterDay);
    assert_eq!(why("2021-01-01", "2021-06-30"), Why::IntroducedAfterTerm);
    assert_eq!(why("2019-06-01", "2019-05-31"), Why::IntroducedAfterDay);
    assert_eq!(why("2019-06-01", "2019-06-01"), Why::IntroducedInTerm);
}

#[test]
fn one_who_has_not_come_yet_is_in_neither_figure() {
    let mut p = person(Corps::Leading, Some("2019-06-01"));
    (p.engaged_on_day, p.ever_engaged) = (false, false);
    let v = judge("T5", &p, "2019-05-31");
    assert_eq!((v.why, v.why_all), (Why::IntroducedAfterDay, Why::NeverEngaged));
    p.first_introduced_from = None;
    assert_eq!(judge("T5", &p, "2019-05-31").why, Why::NeverEngaged);
}

#[test]
fn one_who_came_flexibly_and_stays_home_grown_has_not_left() {
    let p = person(Corps::Leading, Some("2018-03-01")); // engaged on the day, whatever the mode
    let v = judge("T5", &p, "2019-12-31");
    assert!(v.introduced && v.all && !v.left);
}

fn firm(introduced: Option<&str>) -> OrgFacts {
    OrgFacts {
        introduced_on: introduced.map(on),
        high_tech: vec![Period { from: on("2018-11-01"), until: Some(on("2021-10-31")) }],
        ..OrgFacts::default()
    }
}

#[test]
fn a_firm_counts_while_its_qualification_is_valid() {
    let f = firm(Some("2018-06-01"));
    let why = |day| judge_org(&f, day).why;
    assert_eq!(why("2018-10-31"), Why::NotQualifiedOnDay);
    assert_eq!(why("2018-11-01"), Why::IntroducedInTerm);
    assert_eq!(why("2021-10-31"), Why::IntroducedInTerm);
    assert_eq!(why("2021-11-01"), Why::NotQualifiedOnDay);

    let mut innovative = OrgFacts { innovative: vec![Period { from: on("2019-01-01"), until: None }], ..f.clone() };
    innovative.high_tech.clear();
    assert_eq!(judge_org(&innovative, "2020-12-31").why, Why::IntroducedInTerm);
}

#[test]
fn a_firm_here_before_the_term_or_without_an_introduction_day_is_in_all_only() {
    let v = judge_org(&firm(Some("2017-12-31")), "2019-12-31");
    assert_eq!((v.introduced, v.all, v.why), (false, true, Why::IntroducedBeforeTerm));
    let v = judge_org(&firm(None), "2019-12-31");
    assert_eq!((v.introduced, v.all, v.why), (false, true, Why::NoIntroductionDay));
}

#[test]
fn a_closed_firm_stays_introduced_as_left_and_drops_out_of_all() {
    let mut f = firm(Some("2018-06-01"));
    f.closed_on = Some(on("2019-07-01"));
    let before = judge_org(&f, "2019-06-30");
    assert!(before.introduced && before.all && !before.left);
    let after = judge_org(&f, "2019-07-01");
    assert!(after.introduced && !after.all && after.left);
    assert_eq!(after.why_all, Why::ClosedByDay);
}

#[test]
fn a_unit_known_by_name_only_never_counts() {
    let mut f = firm(Some("2018-06-01"));
    f.stub = true;
    let v = judge_org(&f, "2019-12-31");
    assert_eq!((v.introduced, v.all, v.left, v.why), (false, false, false, Why::Stub));
}

#[test]
fn platforms_count_in_operation_and_labs_and_maker_spaces_count_twice() {
    use PlatformKind::*;
    let counted = |kind| ["T2", "T3", "T3a", "T3b"].map(|code| judge_platform(code, kind, Some(Stage::Operating)).counts());
    assert_eq!(counted(Town), [true, false, false, false]);
    assert_eq!(counted(Incubator), [false, true, false, false]);
    assert_eq!(counted(AiLab), [false, true, true, false]);
    assert_eq!(counted(AiMakerspace), [false, true, false, true]);
    for kind in [Research, College, PracticeBase] {
        assert_eq!(counted(kind), [false; 4]);
    }
    let built = judge_platform("T2", Town, Some(Stage::Approved));
    assert_eq!(built, Why::NotOperatingOnDay);
    assert_eq!(judge_platform("T2", Town, Some(Stage::Closed)), Why::NotOperatingOnDay);
    assert_eq!(judge_platform("T2", Town, None), Why::NotOperatingOnDay);
}

#[test]
fn expected_is_the_share_of_the_days_gone_rounded_down() {
    let at = |goal, day| expected(goal, PACK.term.from, PACK.term.until, on(day));
    assert_eq!(at(1000, "2017-12-31"), 0);
    assert_eq!(at(1000, "2018-01-01"), 0); // 1000 × 1 / 1096
    assert_eq!(at(1000, "2018-01-02"), 1); // 1000 × 2 / 1096
    assert_eq!(at(50, "2019-12-31"), 33); // 50 × 730 / 1096
    assert_eq!(at(300, "2019-12-31"), 199);
    assert_eq!(at(1000, "2020-12-30"), 999);
    assert_eq!(at(1000, "2020-12-31"), 1000);
    assert_eq!(at(1000, "2023-01-01"), 1000);
    assert_eq!(expected(7, 5, 5, 5), 7);
}

#[test]
fn colours_turn_exactly_at_their_bounds() {
    let day = on("2019-12-31");
    let at = |figure, expected, goal| colour(figure, expected, goal, day, &PACK.term, &PACK.colours);
    assert_eq!(at(200, 200, 300), Colour::Green);
    assert_eq!(at(199, 200, 300), Colour::Yellow);
    assert_eq!(at(160, 200, 300), Colour::Yellow);
    assert_eq!(at(159, 200, 300), Colour::Red);
    assert_eq!(at(299, 200, 300), Colour::Green);
    assert_eq!(at(300, 200, 300), Colour::Done);
    assert_eq!(at(0, 0, 300), Colour::Green);
    assert_eq!(at(26, 33, 50), Colour::Red); // 26.4 would be 0.8
    assert_eq!(at(27, 33, 50), Colour::Yellow);
}

#[test]
fn before_the_term_a_target_is_grey_even_when_reached() {
    let before = line("T2", 0, 5, "2017-12-31");
    assert_eq!((before.colour, before.expected), (Colour::Grey, 0));
    assert_eq!(line("T2", 0, 5, "2018-01-01").colour, Colour::Done);
}

#[test]
fn a_range_is_judged_by_its_lower_bound() {
    let two = line("T3a", 0, 2, "2020-12-31");
    assert_eq!((two.goal, two.goal_max), (3, Some(5)));
    assert_eq!((two.remaining, two.percent, two.colour), (1, 66.7, Colour::Red));
    let three = line("T3a", 0, 3, "2020-12-31");
    assert_eq!((three.remaining, three.percent, three.colour), (0, 100.0, Colour::Done));
    let six = line("T3a", 0, 6, "2020-12-31");
    assert_eq!((six.remaining, six.percent, six.colour), (0, 200.0, Colour::Done));
}

#[test]
fn percent_has_one_decimal_and_rounds_halves_up() {
    assert_eq!(percent(0, 300), 0.0);
    assert_eq!(percent(1, 300), 0.3);
    assert_eq!(percent(2, 300), 0.7);
    assert_eq!(percent(1, 2000), 0.1); // 0.05
    assert_eq!(percent(3, 2000), 0.2); // 0.15
    assert_eq!(percent(1, 2001), 0.0);
    assert_eq!(percent(2, 3), 66.7);
    assert_eq!(percent(1400, 1000), 140.0);
}

#[test]
fn a_line_follows_the_introduced_figure_and_a_platforms_line_the_stock() {
    let t5 = line("T5", 30, 40, "2019-12-31");
    assert_eq!((t5.introduced, t5.left), (Some(30), Some(0)));
    assert_eq!((t5.percent, t5.percent_all, t5.remaining), (60.0, 80.0, 20));
    assert_eq!((t5.expected, t5.colour), (33, Colour::Yellow));
    let t3 = line("T3", 0, 21, "2019-12-31");
    assert_eq!((t3.introduced, t3.left), (None, None));
    assert_eq!((t3.percent, t3.percent_all, t3.remaining), (70.0, 70.0, 9));
    assert_eq!(t3.colour, Colour::Green);
}

#[test]
fn a_line_has_the_keys_of_the_contract_in_their_order() {
    let json = serde_json::to_string(&line("T2", 0, 1, "2019-12-31")).unwrap();
    assert_eq!(
        json,
        r#"{"code":"T2","name":"创业小镇","unit":"个","goal":5,"goal_max":null,"introduced":null,"all":1,"left":null,"expected":3,"percent":20.0,"percent_all":20.0,"remaining":4,"colour":"red","as_of":"2019-12-31"}"#
    );
}

#[test]
fn after_the_term_the_report_stays_at_its_last_day_unless_asked() {
    let until = PACK.term.until;
    assert_eq!(report_day(until - 1, None, until), until - 1);
    assert_eq!(report_day(until + 900, None, until), until);
    assert_eq!(report_day(until + 900, Some(until + 30), until), until + 30);
    assert_eq!(report_day(until, Some(until - 400), until), until - 400);
}

#[test]
fn codes_are_the_words_that_json_says() {
    for why in [Why::IntroducedInTerm, Why::SecondaryCorps, Why::NotQualifiedOnDay] {
        assert_eq!(serde_json::to_value(why).unwrap(), why.code());
    }
    assert_eq!(serde_json::to_value(Colour::Grey).unwrap(), Colour::Grey.code());
}

prop_compose! {
    fn any_person()(
        merged in prop::bool::weighted(0.1),
        kind in prop::sample::select(vec![PersonKind::Talent, PersonKind::Student, PersonKind::Related]),
        corps in prop::option::of(prop::sample::select(vec![Corps::Leading, Corps::Innovator])),
        more in prop::bool::ANY,
        first in prop::option::of(17000..19000_i32),
        engaged in prop::bool::ANY,
        ever in prop::bool::ANY,
    ) -> PersonFacts {
        PersonFacts {
            merged,
            kind,
            corps_on_day: corps,
            corps_more: more.then_some(Corps::Innovator).into_iter().collect(),
            first_introduced_from: first,
            engaged_on_day: engaged,
            ever_engaged: ever || engaged,
        }
    }
}

proptest! {
    #[test]
    fn left_is_part_of_introduced_and_the_rest_of_it_is_in_all(
        people in prop::collection::vec(any_person(), 0..40), day in 16900..19100_i32,
    ) {
        let mut sum = Figures::default();
        for p in &people {
            let v = person_verdict(p, Corps::Leading, &[PersonKind::Talent], day, &PACK.term);
            prop_assert_eq!(v.introduced, v.why.counts());
            prop_assert_eq!(v.all, v.why_all.counts());
            sum.add(v);
        }
        prop_assert!(sum.introduced >= sum.left);
        prop_assert!(sum.introduced - sum.left <= sum.all);
    }

    #[test]
    fn a_person_counts_in_one_corps_at_most(p in any_person(), day in 16900..19100_i32) {
        let counted = [Corps::Entrepreneur, Corps::Leading, Corps::Innovator, Corps::Skilled]
            .map(|c| person_verdict(&p, c, &[PersonKind::Talent], day, &PACK.term))
            .iter()
            .filter(|v| v.introduced || v.all)
            .count();
        prop_assert!(counted <= 1);
    }

    #[test]
    fn expected_never_falls_and_stays_within_the_goal(
        goal in 1..100_000_i64, from in -50_000..50_000_i32, days in 0..20_000_i32, day in -80_000..80_000_i32,
    ) {
        let at = |d| expected(goal, from, from + days, d);
        prop_assert!(at(day) <= at(day + 1));
        prop_assert!((0..=goal).contains(&at(day)));
    }

    #[test]
    fn done_is_said_of_a_goal_reached_and_of_no_other(
        figure in 0..2000_i64, goal in 1..1500_i64, day in 17000..19000_i32,
    ) {
        let (from, until) = (PACK.term.from, PACK.term.until);
        let c = colour(figure, expected(goal, from, until, day), goal, day, &PACK.term, &PACK.colours);
        prop_assert_eq!(c == Colour::Done, figure >= goal && day >= from);
        prop_assert_eq!(c == Colour::Grey, day < from);
    }

    #[test]
    fn remaining_is_never_below_nothing(introduced in 0..2000_i64, all in 0..2000_i64) {
        for t in &PACK.targets {
            let l = TargetLine::of(&PACK, t, Figures { introduced, all, left: 0 }, PACK.term.until, false);
            prop_assert!(l.remaining >= 0);
            prop_assert_eq!(l.remaining == 0, l.colour == Colour::Done);
        }
    }
}
