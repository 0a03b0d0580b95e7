//! Funds (人才发展基金, plan 五（二）2): a double-entry ledger by fund, source, purpose and earmark. Rules are pure: which postings a movement has,
//! and what the balances are. SQL is in `store`; nothing here knows what a subsidy is.

pub mod change;
pub mod cmd;
pub mod journal;
pub mod store;

use crate::base::money::Fen;
use crate::workflow::Machine;

/// Prefix of a fund's human number.
pub const PREFIX: &str = "FD";

/// Kinds of fund (引导基金、天使基金、风险投资基金、股权投资基金).
pub const KINDS: [&str; 4] = ["guidance", "angel", "venture", "equity"];

/// Where money comes from (财政、企业、捐赠、天使基金、孵化基金、退回).
pub const SOURCES: [&str; 6] = ["state", "firm", "donation", "angel", "incubation", "return"];

/// The source whose money goes back at the year's end (财政).
pub const TREASURY: &str = "state";

/// The purpose of money that any scheme may draw on.
pub const ANY_PURPOSE: &str = "talent";

/// States of a fund.
pub const MACHINE: Machine = Machine { kind: "fund", moves: &[("open", &["closed"]), ("closed", &[])] };

/// An account of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// Where it came from: goes below zero as money comes in.
    Source,
    /// Free to be promised.
    Free,
    /// Promised by an approval.
    Reserved,
    /// Paid out, less what came back.
    Paid,
    /// Given back to the treasury.
    Returned,
    /// Handed to another year, below zero where it came from one.
    Carried,
}

impl Account {
    /// Every account.
    pub const ALL: [Account; 6] = [Account::Source, Account::Free, Account::Reserved, Account::Paid, Account::Returned, Account::Carried];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Account::Source => "source",
            Account::Free => "free",
            Account::Reserved => "reserved",
            Account::Paid => "paid",
            Account::Returned => "returned",
            Account::Carried => "carried",
        }
    }

    /// The account of a code.
    pub fn from_code(code: &str) -> Option<Account> {
        Account::ALL.into_iter().find(|a| a.code() == code)
    }
}

/// A movement of money within one line (记账).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// Money comes in (拨入).
    Appropriate,
    /// An approval promises it (预留).
    Reserve,
    /// A promise is taken back (释放).
    Release,
    /// What other schemes paid is taken off a promise (抵扣).
    Deduct,
    /// It is paid (支付).
    Pay,
    /// The bank could not pay it (退票).
    Bounce,
    /// What was paid comes back (追回).
    Recover,
    /// At the year's end a promise that nobody carried is none any more (失效).
    Lapse,
    /// Free money of the treasury goes back to it (退回财政).
    Return,
}

impl Movement {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Movement::Appropriate => "appropriate",
            Movement::Reserve => "reserve",
            Movement::Release => "release",
            Movement::Deduct => "deduct",
            Movement::Pay => "pay",
            Movement::Bounce => "bounce",
            Movement::Recover => "recover",
            Movement::Lapse => "lapse",
            Movement::Return => "return",
        }
    }

    /// From which account to which.
    pub fn accounts(self) -> (Account, Account) {
        match self {
            Movement::Appropriate => (Account::Source, Account::Free),
            Movement::Reserve => (Account::Free, Account::Reserved),
            Movement::Release | Movement::Deduct | Movement::Lapse => (Account::Reserved, Account::Free),
            Movement::Pay => (Account::Reserved, Account::Paid),
            Movement::Bounce => (Account::Paid, Account::Reserved),
            Movement::Recover => (Account::Paid, Account::Free),
            Movement::Return => (Account::Free, Account::Returned),
        }
    }
}

/// One account of one line, up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The line.
    pub line_id: i64,
    /// The account.
    pub account: Account,
    /// Up, or down below zero.
    pub amount: Fen,
}

/// The postings of a movement: the same amount out of one account and into another.
pub fn postings(line_id: i64, movement: Movement, amount: Fen) -> [Posting; 2] {
    let (from, to) = movement.accounts();
    [Posting { line_id, account: from, amount: Fen(-amount.0) }, Posting { line_id, account: to, amount }]
}

/// The postings of a carry-over (结转): out of a line's account, into the same account of another year's line.
pub fn carried(from: i64, to: i64, account: Account, amount: Fen) -> [Posting; 4] {
    let back = Fen(-amount.0);
    [
        Posting { line_id: from, account, amount: back },
        Posting { line_id: from, account: Account::Carried, amount },
        Posting { line_id: to, account: Account::Carried, amount: back },
        Posting { line_id: to, account, amount },
    ]
}

/// What the accounts of a line hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance([i64; 6]);

impl Balance {
    /// What an account holds.
    pub fn of(&self, account: Account) -> Fen {
        Fen(self.0[account as usize])
    }

    /// With a posting; None where the sum leaves the range of numbers.
    pub fn with(mut self, account: Account, amount: Fen) -> Option<Balance> {
        let held = &mut self.0[account as usize];
        *held = held.checked_add(amount.0)?;
        Some(self)
    }

    /// All accounts of a line sum to nothing.
    pub fn is_balanced(&self) -> bool {
        self.0.iter().try_fold(0i64, |sum, n| sum.checked_add(*n)) == Some(0)
    }

    /// What the bank should hold of it: what is free and what is promised.
    pub fn cash(&self) -> Fen {
        Fen(self.0[Account::Free as usize].saturating_add(self.0[Account::Reserved as usize]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Movement; 9] = [
        Movement::Appropriate,
        Movement::Reserve,
        Movement::Release,
        Movement::Deduct,
        Movement::Pay,
        Movement::Bounce,
        Movement::Recover,
        Movement::Lapse,
        Movement::Return,
    ];

    proptest! {
        /// Whatever happens, in whatever order: money is neither made nor lost, and what is refused is what would overdraw.
        #[test]
        fn any_history_balances(moves in prop::collection::vec((0usize..9, 1i64..100_000_000), 0..60)) {
            let mut b = Balance::default();
            for (n, amount) in moves {
                let mut next = Some(b);
                for p in postings(1, ALL[n], Fen(amount)) {
                    next = next.and_then(|b| b.with(p.account, p.amount));
                }
                let next = next.unwrap();
                let guarded = [Account::Free, Account::Reserved, Account::Paid];
                if guarded.iter().all(|a| next.of(*a).0 >= 0) {
                    b = next;
                }
                prop_assert!(b.is_balanced());
                let come_in = -b.of(Account::Source).0;
                prop_assert_eq!(come_in, b.cash().0 + b.of(Account::Paid).0 + b.of(Account::Returned).0);
            }
        }

        #[test]
        fn a_carry_over_balances_on_both_sides(amount in 1i64..i64::MAX / 2) {
            for account in [Account::Free, Account::Reserved] {
                let sum: i64 = carried(1, 2, account, Fen(amount)).iter().map(|p| p.amount.0).sum();
                prop_assert_eq!(sum, 0);
            }
        }
    }

    #[test]
    fn what_leaves_the_range_is_none() {
        let b = Balance::default().with(Account::Free, Fen(i64::MAX)).unwrap();
        assert_eq!(b.with(Account::Free, Fen(1)), None);
        assert!(!b.is_balanced());
    }
}
