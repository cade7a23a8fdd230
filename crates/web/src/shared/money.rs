//! Money as people read it: "$1,234.50", or "1,234.50 EUR" where it is not in dollars.
use interpres_types::Cents;

pub(crate) fn money(amount: Cents, currency: &str) -> String {
    let (minus, amount) = if amount.0 < 0 {
        ("−", Cents(amount.0.saturating_neg()))
    } else {
        ("", amount)
    };
    match currency {
        "USD" => format!("{minus}${amount}"),
        _ => format!("{minus}{amount} {currency}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_have_their_sign_and_others_their_name() {
        assert_eq!(money(Cents(123_450), "USD"), "$1,234.50");
        assert_eq!(money(Cents(-500), "USD"), "−$5.00");
        assert_eq!(money(Cents(4_500), "EUR"), "45.00 EUR");
    }
}
