//! Masking (脱敏) for screens and public lists: what may be shown so that namesakes can still be told apart. Who may see
//! the whole is not decided here.

/// A number for lists that others see (脱敏): 35*************123. Short numbers show less.
pub fn mask(number: &str) -> String {
    let len = number.chars().count();
    let (head, tail) = match len {
        0..=2 => (0, 0),
        3..=6 => (1, 1),
        7..=11 => (2, 2),
        _ => (2, 3),
    };
    stars_between(number, len, head, tail)
}

/// A telephone number for lists that others see: 138****1234.
pub fn mask_phone(phone: &str) -> String {
    let len = phone.chars().count();
    if len < 9 { mask(phone) } else { stars_between(phone, len, 3, 4) }
}

fn stars_between(text: &str, len: usize, head: usize, tail: usize) -> String {
    text.chars().enumerate().map(|(i, c)| if i < head || i + tail >= len { c } else { '*' }).collect()
}

/// A name for lists and cards that others see: its first letter, and a star for each of the next two at most (张**).
pub fn mask_name(name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().collect();
    first + &"*".repeat(letters.count().min(2))
}

/// A mail address for lists that others see: its first letter and its domain.
pub fn mask_email(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((local, domain)) => {
            let first: String = local.chars().take(1).collect();
            format!("{first}***@{domain}")
        }
        None => mask(email),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn masks_show_what_a_public_list_may() {
        assert_eq!(mask("350181199001010123"), "35*************123");
        assert_eq!(mask("H12345678"), "H1*****78");
        assert_eq!(mask("E12345"), "E****5");
        assert_eq!(mask("12"), "**");
        assert_eq!(mask("12345678901234"), "12*********234");
        assert_eq!(mask_phone("13812341234"), "138****1234");
        assert_eq!(mask_phone("0471-1234567"), "047*****4567");
        assert_eq!(mask_phone("123"), "1*3");
        assert_eq!(["张三", "欧阳修文", "李", ""].map(mask_name), ["张*", "欧**", "李", ""]);
        assert_eq!(mask_email("zhang.san@example.com"), "z***@example.com");
        assert_eq!(mask_email("张三@例子.中国"), "张***@例子.中国");
    }

    proptest! {
        #[test]
        fn most_of_a_number_is_hidden(number in "[0-9A-Z]{3,24}") {
            let masked = mask(&number);
            prop_assert_eq!(masked.len(), number.len());
            prop_assert!(masked.contains('*'));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let _ = (mask(&text), mask_phone(&text), mask_email(&text));
        }
    }
}
