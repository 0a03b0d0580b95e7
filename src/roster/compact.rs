//! A map from 64-bit digests to 32-bit row numbers that stays small: a file of a million rows needs two of them in memory.
//! Nothing but lookup and insert; it never forgets.

/// Open addressing, keys and values apart, at most nine tenths full, grown by half.
#[derive(Debug)]
pub struct CompactMap {
    keys: Vec<u64>,
    values: Vec<u32>,
    len: usize,
}

impl Default for CompactMap {
    fn default() -> CompactMap {
        CompactMap { keys: vec![0; 1024], values: vec![0; 1024], len: 0 }
    }
}

impl CompactMap {
    fn slot(&self, key: u64) -> usize {
        // Multiply-high spreads the digest over any size, so that the table need not be a power of two.
        let n = self.keys.len();
        let mut at = usize::try_from((u128::from(key.wrapping_mul(0x9E37_79B9_7F4A_7C15)) * n as u128) >> 64).unwrap_or(0);
        while self.keys[at] != 0 && self.keys[at] != key {
            at = if at + 1 == n { 0 } else { at + 1 };
        }
        at
    }

    /// The value of a key.
    pub fn get(&self, key: u64) -> Option<u32> {
        let key = key.max(1);
        let at = self.slot(key);
        (self.keys[at] == key).then(|| self.values[at])
    }

    /// Keeps the first value of a key; returns it where the key was there already.
    pub fn first(&mut self, key: u64, value: u32) -> Option<u32> {
        let key = key.max(1);
        let at = self.slot(key);
        if self.keys[at] == key {
            return Some(self.values[at]);
        }
        self.keys[at] = key;
        self.values[at] = value;
        self.len += 1;
        if self.len * 10 > self.keys.len() * 9 {
            self.grow();
        }
        None
    }

    fn grow(&mut self) {
        let n = self.keys.len() * 3 / 2;
        let keys = std::mem::replace(&mut self.keys, vec![0; n]);
        let values = std::mem::replace(&mut self.values, vec![0; n]);
        for (k, v) in keys.into_iter().zip(values) {
            if k != 0 {
                let at = self.slot(k);
                self.keys[at] = k;
                self.values[at] = v;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    proptest::proptest! {
        #[test]
        fn it_answers_as_a_hash_map_does(keys in proptest::collection::vec(0u64..5000, 0..4000)) {
            let (mut ours, mut theirs) = (CompactMap::default(), HashMap::new());
            for (i, k) in keys.iter().enumerate() {
                let i = u32::try_from(i).unwrap_or(0);
                let known = theirs.get(&(*k).max(1)).copied();
                proptest::prop_assert_eq!(ours.first(*k, i), known);
                theirs.entry((*k).max(1)).or_insert(i);
            }
            for k in 0..5000 {
                proptest::prop_assert_eq!(ours.get(k), theirs.get(&k.max(1)).copied());
            }
        }
    }
}
