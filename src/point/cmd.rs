//! `point …` and `offer …`: arguments, and both as a clerk and a script see them.

use super::{OFFER_MACHINE, OFFER_PREFIX, Offer, POINT_MACHINE, PREFIX, Point, store};
use crate::base::day::Day;
use crate::base::number;
use crate::card;
use crate::cli::Noun;
use crate::db::facts::Span;
use crate::db::write::Tx;
use crate::error::{self, Result};
use crate::office::{Exit, Office, parse_day};
use crate::org;
use crate::policy;
use crate::ui::entry::text_said;
use crate::ui::filter::{self, Field, Filter, Lines};
use crate::ui::{Column, View};
use crate::workflow::{self, store as steps};
use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

/// `point`.
pub const POINT: Noun = Noun { name: "point", build: build_point, run: run_point };
/// `offer`.
pub const OFFER: Noun = Noun { name: "offer", build: build_offer, run: run_offer };

#[derive(Subcommand, Debug)]
enum PointCommand {
    Add {
        #[arg(long, value_name = "TEXT")]
        name: String,
        #[arg(long, value_name = "TEXT")]
        kind: Option<String>,
        #[arg(long, value_name = "TEXT")]
        address: Option<String>,
        #[arg(long, value_name = "NUMBER")]
        phone: Option<String>,
        #[arg(long, value_name = "U")]
        org: Option<String>,
    },
    Show {
        #[arg(value_name = "PT")]
        point: String,
    },
    List(Lines),
    Close {
        #[arg(value_name = "PT")]
        point: String,
    },
}

#[derive(Subcommand, Debug)]
enum OfferCommand {
    Add {
        #[arg(long, value_name = "PT")]
        point: String,
        #[arg(long, value_name = "TEXT")]
        name: String,
        #[arg(long, value_name = "TEXT")]
        discount: String,
        #[arg(long, value_name = "L")]
        level: Vec<String>,
        #[arg(long)]
        attached: bool,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        from_date: Option<Day>,
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        until: Option<Day>,
    },
    List(Lines),
    Close {
        #[arg(value_name = "O")]
        offer: String,
    },
    Use {
        #[arg(long, value_name = "TOKEN|C")]
        card: String,
        #[arg(long, value_name = "O")]
        offer: String,
    },
    Uses(Lines),
}

fn build_point(c: Command) -> Command {
    PointCommand::augment_subcommands(c).subcommand_required(true)
}

fn build_offer(c: Command) -> Command {
    OfferCommand::augment_subcommands(c).subcommand_required(true)
}

fn run_point(office: &Office, m: &ArgMatches) -> Result<Exit> {
    match PointCommand::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        PointCommand::Add { name, kind, address, phone, org } => {
            let said = |text: Option<String>, option: &str| text.map(|t| text_said(&t, option)).transpose();
            let conn = office.read()?;
            let point = Point {
                id: 0,
                name: text_said(&name, "--name")?,
                kind: said(kind, "--kind")?,
                address: said(address, "--address")?,
                phone: said(phone, "--phone")?,
                org_id: org.map(|o| org::store::resolve(conn, &o)).transpose()?,
            };
            let done = office.write("point.add", Map::new(), |tx| {
                if let Some(id) = store::open_of_name(tx.conn(), &point.name, tx.day)? {
                    let no = number::format(PREFIX, id);
                    return Err(error::conflict("point_known").fact("no", &no).detail("no", no));
                }
                let id = store::add(tx, &point)?;
                tx.outcome("no", number::format(PREFIX, id));
                point_object(tx.conn(), &Point { id, ..point.clone() }, tx.day)
            })?;
            office.show_made(&done)
        }
        PointCommand::Show { point } => {
            let conn = office.read()?;
            let point = store::resolve(conn, &point)?;
            let mut v = point_object(conn, &point, office.as_of())?;
            let offers = store::offers(conn)?.into_iter().filter(|o| o.point_id == point.id);
            v["offered"] = offers.map(|o| offer_object(conn, &o, office.as_of())).collect::<Result<Vec<_>>>()?.into();
            office.show(&View::object(v))?;
            Ok(Exit::Done)
        }
        PointCommand::List(lines) => {
            let conn = office.read()?;
            let after = office.after(PREFIX)?;
            let rows = store::points(conn)?
                .iter()
                .filter(|p| p.id > after)
                .map(|p| point_object(conn, p, office.as_of()))
                .collect::<Result<Vec<_>>>()?;
            let columns = ["no", "status", "name", "kind", "address", "phone", "offers"];
            lined(office, rows, &columns, &lines, POINT_FIELDS)
        }
        PointCommand::Close { point } => {
            let point = store::resolve(office.read()?, &point)?;
            let done = office.write("point.close", Map::new(), |tx| {
                end(tx, (POINT_MACHINE.kind, point.id), &number::format(PREFIX, point.id))?;
                point_object(tx.conn(), &point, tx.day)
            })?;
            office.show_changed(&done)
        }
    }
}

/// Closes a point or an offer; 5 where it is closed, 3 where the act is dated before the one it follows.
fn end(tx: &mut Tx<'_>, record: (&str, i64), no: &str) -> Result<()> {
    if let Some(last) = steps::steps(tx.conn(), record)?.last() {
        workflow::in_order(no, tx.day, Some(last.day))?;
        if last.to_state == "closed" {
            return Err(error::conflict("closed_already").fact("no", no).detail("possible", Vec::<&str>::new()));
        }
    }
    tx.outcome("no", no);
    steps::step(tx, record, Some("open"), "closed", None, None)
}

fn lined(office: &Office, mut rows: Vec<Value>, columns: &[&str], lines: &Lines, fields: &[Field]) -> Result<Exit> {
    let filter = Filter::parse(lines.filter.as_deref(), fields)?;
    rows.retain(|r| filter.takes(r));
    filter::show_lines(office, rows, columns.iter().map(|c| Column::new(*c)).collect(), lines, fields)
}

const POINT_FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("name"),
    Field::text("kind"),
    Field::text("address"),
    Field::text("org"),
    Field::number("offers"),
];

fn point_object(conn: &Connection, p: &Point, day: Day) -> Result<Value> {
    let unit = |id: i64| org::cmd::named(conn, id, day);
    let offers = store::offers(conn)?.iter().filter(|o| o.point_id == p.id).count();
    Ok(json!({
        "no": number::format(PREFIX, p.id), "status": store::state(conn, (POINT_MACHINE.kind, p.id), day)?, "name": p.name, "kind": p.kind,
        "address": p.address, "phone": p.phone, "org": p.org_id.map(unit).transpose()?, "offers": offers,
    }))
}

// ---------------------------------------------------------------- offers

const OFFER_FIELDS: &[Field] = &[
    Field::text("no"),
    Field::text("status"),
    Field::text("point_no"),
    Field::text("point"),
    Field::text("name"),
    Field::text("discount"),
    Field::text("levels"),
    Field::text("attached"),
    Field::date("from_date"),
    Field::date("until"),
    Field::number("uses"),
];

const USE_FIELDS: &[Field] =
    &[Field::date("day"), Field::text("offer_no"), Field::text("point_no"), Field::text("level"), Field::text("card_no")];

fn offer_status(conn: &Connection, o: &Offer, day: Day) -> Result<&'static str> {
    let stored = store::state(conn, (OFFER_MACHINE.kind, o.id), day)?;
    Ok(o.status(&stored, &store::state(conn, (POINT_MACHINE.kind, o.point_id), day)?, day))
}

fn offer_object(conn: &Connection, o: &Offer, day: Day) -> Result<Value> {
    let point = store::load(conn, o.point_id)?.ok_or_else(|| error::not_office("damaged"))?;
    Ok(json!({
        "no": number::format(OFFER_PREFIX, o.id), "status": offer_status(conn, o, day)?, "point_no": number::format(PREFIX, o.point_id),
        "point": point.name, "name": o.name, "discount": o.discount, "levels": o.levels, "attached": o.attached,
        "from_date": o.span.from.iso(), "until": o.span.until.map(|d| d.iso()), "uses": store::used(conn, o.id, day)?,
    }))
}

fn run_offer(office: &Office, m: &ArgMatches) -> Result<Exit> {
    match OfferCommand::from_arg_matches(m).map_err(|_| error::usage("not_understood"))? {
        OfferCommand::Add { point, name, discount, level, attached, from_date, until } => {
            let conn = office.read()?;
            let point = store::resolve(conn, &point)?;
            let (_, cards) = policy::store::card(conn)?;
            let known: Vec<&str> = cards.scheme.iter().flat_map(|s| s.level.iter().map(|l| l.code.as_str())).collect();
            if let Some(other) = level.iter().find(|l| !known.contains(&l.as_str())) {
                return Err(error::usage("no_level").fact("level", other).fact("levels", known.join(", ")).detail("possible", known));
            }
            let from = from_date.unwrap_or(office.day());
            if until.is_some_and(|u| u < from) {
                return Err(error::usage("ends_before").fact("from", from.iso()).fact("until", until.unwrap_or(from).iso()));
            }
            let offer = Offer {
                id: 0,
                point_id: point.id,
                name: text_said(&name, "--name")?,
                discount: text_said(&discount, "--discount")?,
                levels: level,
                attached,
                span: Span { from, until },
            };
            let done = office.write("offer.add", Map::new(), |tx| {
                if store::state(tx.conn(), (POINT_MACHINE.kind, point.id), tx.day)? == "closed" {
                    return Err(error::conflict("closed_already")
                        .fact("no", number::format(PREFIX, point.id))
                        .detail("possible", vec!["point add"]));
                }
                let id = store::add_offer(tx, &offer)?;
                tx.outcome("no", number::format(OFFER_PREFIX, id));
                offer_object(tx.conn(), &Offer { id, ..offer.clone() }, tx.day)
            })?;
            office.show_made(&done)
        }
        OfferCommand::List(lines) => {
            let conn = office.read()?;
            let after = office.after(OFFER_PREFIX)?;
            let rows = store::offers(conn)?
                .iter()
                .filter(|o| o.id > after)
                .map(|o| offer_object(conn, o, office.as_of()))
                .collect::<Result<Vec<_>>>()?;
            let columns = ["no", "status", "point", "name", "discount", "levels", "attached", "from_date", "until", "uses"];
            lined(office, rows, &columns, &lines, OFFER_FIELDS)
        }
        OfferCommand::Close { offer } => {
            let offer = store::resolve_offer(office.read()?, &offer)?;
            let done = office.write("offer.close", Map::new(), |tx| {
                end(tx, (OFFER_MACHINE.kind, offer.id), &number::format(OFFER_PREFIX, offer.id))?;
                offer_object(tx.conn(), &offer, tx.day)
            })?;
            office.show_changed(&done)
        }
        OfferCommand::Use { card, offer } => used(office, &card, &offer),
        OfferCommand::Uses(lines) => uses(office, &lines),
    }
}

/// The first day of which it is still known which card used an offer.
pub fn kept_from(conn: &Connection, day: Day) -> Result<Day> {
    let (_, pack) = policy::store::services(conn)?;
    Ok(day.months_earlier(pack.offers.keep_details_months))
}

/// Keeps a use; 3 where the card is not valid at that moment, or the offer is not for it.
fn used(office: &Office, card: &str, offer: &str) -> Result<Exit> {
    let conn = office.read()?;
    let (card, offer) = (card::verify::named(conn, card)?, store::resolve_offer(conn, offer)?);
    // By the clock, not the business day: a day entered ahead would forget too early.
    let kept = kept_from(conn, office.today())?;
    let done = office.write("offer.use", Map::new(), |tx| {
        let no = number::format(OFFER_PREFIX, offer.id);
        let status = offer_status(tx.conn(), &offer, tx.day)?;
        if status != "open" {
            return Err(error::refused("offer_not_open").fact("no", no).fact("status", status).detail("status", status));
        }
        let now = card::store::load(tx.conn(), card)?.ok_or_else(|| error::not_office("damaged"))?;
        let seen = card::change::look(tx.conn(), now, tx.day)?;
        card::change::must_be_valid(&seen)?;
        if !offer.is_for(&seen.card.level, seen.card.main_card_id.is_some()) {
            return Err(error::refused("offer_not_for").fact("no", no).fact("card", seen.card.no()));
        }
        let id = store::add_use(tx, offer.id, &seen.card.level, seen.card.id)?;
        let forgotten = store::forget(tx, kept)?;
        tx.outcome("offer", no.clone());
        if forgotten > 0 {
            tx.outcome("forgotten", forgotten);
        }
        Ok(json!({
            "no": id, "status": "used", "offer_no": no, "point_no": number::format(PREFIX, offer.point_id), "card_no": seen.card.no(),
            "level": seen.card.level, "discount": offer.discount,
        }))
    })?;
    office.show_made(&done)
}

fn uses(office: &Office, lines: &Lines) -> Result<Exit> {
    let conn = office.read()?;
    let day = office.as_of();
    // What is to be forgotten is not shown, whether or not a nightly run dropped it.
    let kept = kept_from(conn, office.today())?;
    let offers = store::offers(conn)?;
    let rows = store::uses(conn, day)?
        .iter()
        .map(|u| {
            let point = offers.iter().find(|o| o.id == u.offer_id).map(|o| number::format(PREFIX, o.point_id));
            let card = u.card_id.filter(|_| u.day >= kept).map(|id| number::format(card::PREFIX, id));
            json!({"no": u.id, "day": u.day.iso(), "offer_no": number::format(OFFER_PREFIX, u.offer_id), "point_no": point, "level": u.level, "card_no": card})
        })
        .collect();
    lined(office, rows, &["day", "offer_no", "point_no", "level", "card_no"], lines, USE_FIELDS)
}
