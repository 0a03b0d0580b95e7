//! Reports (统计报表): figures of a period as tables, by what is known, frozen and checked again later, and the records behind each. Here: what
//! a table is and how a figure is named. Figures are reckoned in `people`, `money`, `matters`, forms are `form`, white papers `whitepaper`.

pub mod cmd;
pub mod doc;
pub mod figures;
pub mod form;
pub mod make;
pub mod period;
pub mod small;
pub mod store;
pub mod verify;
pub mod whitepaper;

use crate::base::money::Fen;
use serde_json::{Map, Value};

/// Prefix of a frozen report's human number.
pub const PREFIX: &str = "RP";

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Distinct persons, or records of one person each: small counts could tell who they are.
    People,
    /// Records of another kind, working days.
    Count,
    /// Money in fen.
    Money,
    /// Tenths of a percent.
    Percent,
    /// A code: the colour of a target.
    Code,
}

/// A figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// There is none.
    None,
    /// A count, fen, or tenths of a percent, as its column says.
    Int(i64),
    /// A code.
    Code(String),
    /// Published only as lying between these; without an end as so many or more.
    Band(i64, Option<i64>),
    /// Not published.
    Withheld,
}

impl Cell {
    /// The number, if it is one.
    pub fn int(&self) -> Option<i64> {
        if let Cell::Int(n) = self { Some(*n) } else { None }
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its key; its label is `report.column.KEY` of the locales.
    pub key: &'static str,
    /// What it counts.
    pub unit: Unit,
}

impl Column {
    /// A column of persons.
    pub const fn people(key: &'static str) -> Column {
        Column { key, unit: Unit::People }
    }

    /// A column of counts.
    pub const fn count(key: &'static str) -> Column {
        Column { key, unit: Unit::Count }
    }

    /// A column of money.
    pub const fn money(key: &'static str) -> Column {
        Column { key, unit: Unit::Money }
    }

    /// A column of shares.
    pub const fn percent(key: &'static str) -> Column {
        Column { key, unit: Unit::Percent }
    }
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// A code of the table's code set, a key of the locales (`report.row.KEY`), or the number of a record.
    pub key: String,
    /// Its name where it is none of these: a fund's.
    pub name: Option<String>,
    /// One a column.
    pub cells: Vec<Cell>,
}

/// A table of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its key; its title is `report.table.KEY` of the locales.
    pub key: &'static str,
    /// The code set of its rows, where they are codes.
    pub set: Option<&'static str>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows in order.
    pub rows: Vec<Row>,
    /// Totals of distinct records: never the sum of rows by itself.
    pub total: Option<Vec<Cell>>,
}

impl Table {
    /// The figure of a row (`total` for the totals) and column.
    pub fn cell(&self, row: &str, column: &str) -> Option<&Cell> {
        let at = self.columns.iter().position(|c| c.key == column)?;
        let cells = match row {
            "total" => self.total.as_ref()?,
            _ => &self.rows.iter().find(|r| r.key == row)?.cells,
        };
        cells.get(at)
    }

    /// Every figure with its name.
    pub fn figures(&self) -> impl Iterator<Item = (Figure, Unit, &Cell)> {
        let rows = self.rows.iter().map(|r| (r.key.as_str(), &r.cells));
        let total = self.total.iter().map(|cells| ("total", cells));
        rows.chain(total).flat_map(move |(row, cells)| {
            self.columns.iter().zip(cells).map(move |(c, cell)| {
                let figure = Figure { table: self.key.to_owned(), row: row.to_owned(), column: c.key.to_owned() };
                (figure, c.unit, cell)
            })
        })
    }
}

/// The name of a figure: `TABLE/ROW/COLUMN`, e.g. `corps/leading/people`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Figure {
    /// Key of the table.
    pub table: String,
    /// Key of the row.
    pub row: String,
    /// Key of the column.
    pub column: String,
}

impl Figure {
    /// Reads a name.
    pub fn parse(text: &str) -> Option<Figure> {
        let mut parts = text.split('/').map(str::trim);
        let (table, row, column) = (parts.next()?, parts.next()?, parts.next()?);
        let whole = parts.next().is_none() && ![table, row, column].contains(&"");
        whole.then(|| Figure { table: table.to_owned(), row: row.to_owned(), column: column.to_owned() })
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.table, self.row, self.column)
    }
}

/// The figures of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Tables in the order of the report.
    pub tables: Vec<Table>,
}

impl Figures {
    /// A table by its key.
    pub fn table(&self, key: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.key == key)
    }

    /// A figure by its name.
    pub fn cell(&self, f: &Figure) -> Option<&Cell> {
        self.table(&f.table)?.cell(&f.row, &f.column)
    }

    /// As scripts see them and as they are frozen: one object a table, keyed, in a fixed order.
    pub fn json(&self) -> Value {
        let rows = |t: &Table, cells: &[Cell]| -> Map<String, Value> {
            t.columns.iter().zip(cells).map(|(c, cell)| (c.key.to_owned(), value(c.unit, cell))).collect()
        };
        let table = |t: &Table| {
            let mut out = Map::new();
            out.insert("table".into(), t.key.into());
            let list = t.rows.iter().map(|r| {
                let mut row = Map::new();
                row.insert("row".into(), r.key.clone().into());
                if let Some(name) = &r.name {
                    row.insert("name".into(), name.clone().into());
                }
                row.append(&mut rows(t, &r.cells));
                Value::Object(row)
            });
            out.insert("rows".into(), list.collect());
            out.insert("total".into(), t.total.as_ref().map_or(Value::Null, |cells| Value::Object(rows(t, cells))));
            Value::Object(out)
        };
        self.tables.iter().map(table).collect()
    }
}

/// A figure as scripts see it: counts as integers, money as yuan, shares with one decimal.
pub fn value(unit: Unit, cell: &Cell) -> Value {
    match (unit, cell) {
        (_, Cell::None) => Value::Null,
        (_, Cell::Code(c)) => c.clone().into(),
        (_, Cell::Band(low, Some(high))) => format!("{low}-{high}").into(),
        (_, Cell::Band(low, None)) => format!("{low}+").into(),
        (_, Cell::Withheld) => "withheld".into(),
        (Unit::Money, Cell::Int(n)) => money(*n).into(),
        (Unit::Percent, Cell::Int(n)) => serde_json::Number::from_f64(*n as f64 / 10.0).map_or(Value::Null, Value::Number),
        (_, Cell::Int(n)) => (*n).into(),
    }
}

/// Fen as yuan, with a sign where it is below nothing.
pub fn money(fen: i64) -> String {
    if fen < 0 { format!("-{}", Fen(-fen)) } else { Fen(fen).to_string() }
}

/// A share in tenths of a percent, halves up; none of nothing.
pub fn share(part: i64, whole: i64) -> Cell {
    if whole <= 0 {
        return Cell::None;
    }
    let tenths = (i128::from(part) * 2000 + i128::from(whole)).div_euclid(2 * i128::from(whole));
    Cell::Int(i64::try_from(tenths).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_a_name_of_three_parts() {
        let f = Figure::parse("corps/leading/people").unwrap();
        assert_eq!(
            (f.table.as_str(), f.row.as_str(), f.column.as_str(), f.to_string()),
            ("corps", "leading", "people", "corps/leading/people".into())
        );
        for bad in ["", "corps", "corps/leading", "corps//people", "a/b/c/d", "/b/c"] {
            assert_eq!(Figure::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn shares_are_rounded_to_a_tenth_halves_up() {
        assert_eq!((share(1, 3), share(1, 8), share(5, 0), share(0, 7)), (Cell::Int(333), Cell::Int(125), Cell::None, Cell::Int(0)));
        assert_eq!(share(1, 2000), Cell::Int(1), "0.05 is 0.1");
        assert_eq!((money(-123_456), money(5)), ("-1234.56".into(), "0.05".into()));
    }
}
