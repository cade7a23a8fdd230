//! Passkeys and hardware keys (WebAuthn Level 3), always with user verification: one is two factors.
use crate::{Factor, FactorKind};
use interpres_gate::Refusal;
use interpres_types::{Id, UserId};
use serde::de::DeserializeOwned;
use serde_json::Value;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration, Url, Webauthn,
    WebauthnBuilder,
};

/// WebAuthn for this installation's address.
#[derive(Debug)]
pub struct Passkeys {
    webauthn: Webauthn,
}

/// A challenge for the browser, and the state stored until the answer.
pub(crate) struct Challenge<T> {
    pub(crate) options: Value,
    pub(crate) kept: T,
}

fn wrong<E>(_: E) -> Refusal {
    Refusal::invalid(
        "passkey",
        "did not prove anything here. Try again, or use another way",
    )
}

/// A browser's answer. The library does not check the credential type, nor which of the two ids is used; here the
/// type must be a public key and both ids equal.
fn answer<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    let value: Value = serde_json::from_str(text).map_err(wrong)?;
    if value["type"] != "public-key" || value["id"] != value["rawId"] {
        return Err(wrong(()));
    }
    serde_json::from_value(value).map_err(wrong)
}

impl Passkeys {
    /// For the installation's public URL. `None` where browsers offer no passkeys: bare IP addresses, or plain HTTP
    /// except on localhost.
    #[must_use]
    pub fn at(public_url: &str) -> Option<Self> {
        let url = Url::parse(public_url).ok()?;
        let name = url.domain()?.to_owned();
        if url.scheme() != "https" && name != "localhost" {
            return None;
        }
        let webauthn = WebauthnBuilder::new(&name, &url)
            .ok()?
            .rp_name("Interpres")
            .build()
            .ok()?;
        Some(Self { webauthn })
    }

    /// Begins to make a key for a person who has these already.
    pub(crate) fn begin_adding(
        &self,
        user: UserId,
        email: &str,
        name: &str,
        have: &[Factor],
    ) -> Result<Challenge<PasskeyRegistration>, Refusal> {
        let known = keys_of(have)
            .into_iter()
            .map(|(_, key)| key.cred_id().clone())
            .collect();
        let (options, kept) = self
            .webauthn
            .start_passkey_registration(user.uuid(), email, name, Some(known))
            .map_err(Refusal::fault)?;
        let mut options = serde_json::to_value(options).map_err(Refusal::fault)?;
        // A key that the browser finds by itself signs in without an address being typed.
        options["publicKey"]["authenticatorSelection"]["residentKey"] = "preferred".into();
        Ok(Challenge { options, kept })
    }

    /// The key that the browser created.
    pub(crate) fn finish_adding(
        &self,
        text: &str,
        kept: &PasskeyRegistration,
    ) -> Result<Passkey, Refusal> {
        let made = self
            .webauthn
            .finish_passkey_registration(&answer(text)?, kept)
            .map_err(wrong)?;
        // The library takes an id of any length; one that can be guessed or is empty names no key
        // (WebAuthn Level 3, section 4: at least 16 bytes).
        if made.cred_id().len() < 16 {
            Err(wrong(()))
        } else {
            Ok(made)
        }
    }

    /// Asks for one of these keys; `None` if there is none.
    pub(crate) fn begin_proving(
        &self,
        have: &[Factor],
    ) -> Result<Option<Challenge<PasskeyAuthentication>>, Refusal> {
        let keys: Vec<Passkey> = keys_of(have).into_iter().map(|(_, key)| key).collect();
        if keys.is_empty() {
            return Ok(None);
        }
        let (options, kept) = self
            .webauthn
            .start_passkey_authentication(&keys)
            .map_err(Refusal::fault)?;
        Ok(Some(Challenge {
            options: serde_json::to_value(options).map_err(Refusal::fault)?,
            kept,
        }))
    }

    /// Which of these keys the browser proved, with its new count.
    pub(crate) fn finish_proving(
        &self,
        text: &str,
        kept: &PasskeyAuthentication,
        have: &[Factor],
    ) -> Result<Proved, Refusal> {
        let result = self
            .webauthn
            .finish_passkey_authentication(&answer(text)?, kept)
            .map_err(wrong)?;
        proved(have, &result)
    }

    /// Asks for any key that the browser knows for this installation.
    pub(crate) fn begin_finding(&self) -> Result<Challenge<DiscoverableAuthentication>, Refusal> {
        let (options, kept) = self
            .webauthn
            .start_discoverable_authentication()
            .map_err(Refusal::fault)?;
        let mut options = serde_json::to_value(options).map_err(Refusal::fault)?;
        if let Some(options) = options.as_object_mut() {
            options.remove("mediation");
        }
        Ok(Challenge { options, kept })
    }

    /// The owner of the key that the browser claims to have used.
    pub(crate) fn owner(&self, text: &str) -> Result<UserId, Refusal> {
        let answer = answer(text)?;
        Ok(UserId::from_uuid(
            self.webauthn
                .identify_discoverable_authentication(&answer)
                .map_err(wrong)?
                .0,
        ))
    }

    /// Which of a person's keys the browser proved.
    pub(crate) fn finish_finding(
        &self,
        text: &str,
        kept: DiscoverableAuthentication,
        have: &[Factor],
    ) -> Result<Proved, Refusal> {
        let answer = answer(text)?;
        let (_, id) = self
            .webauthn
            .identify_discoverable_authentication(&answer)
            .map_err(wrong)?;
        let keys = keys_of(have);
        let (_, key) = keys
            .iter()
            .find(|(_, key)| AsRef::<[u8]>::as_ref(key.cred_id()) == id)
            .ok_or_else(|| wrong(()))?;
        let result = self
            .webauthn
            .finish_discoverable_authentication_v2(&answer, kept, key)
            .map_err(wrong)?;
        proved(have, &result)
    }
}

/// A key that was proved: its place in the list, and its public part as it is now.
pub(crate) struct Proved {
    pub(crate) place: usize,
    pub(crate) public: Value,
}

fn keys_of(factors: &[Factor]) -> Vec<(usize, Passkey)> {
    let of_kind = factors
        .iter()
        .enumerate()
        .filter(|(_, f)| f.kind == FactorKind::Passkey);
    of_kind
        .filter_map(|(place, f)| {
            Some((
                place,
                serde_json::from_value(f.public.as_ref()?.0.clone()).ok()?,
            ))
        })
        .collect()
}

fn proved(
    have: &[Factor],
    result: &webauthn_rs::prelude::AuthenticationResult,
) -> Result<Proved, Refusal> {
    let found = keys_of(have)
        .into_iter()
        .find(|(_, key)| key.cred_id() == result.cred_id());
    let (place, mut key) = found.ok_or_else(|| wrong(()))?;
    key.update_credential(result);
    Ok(Proved {
        place,
        public: serde_json::to_value(key).map_err(Refusal::fault)?,
    })
}
