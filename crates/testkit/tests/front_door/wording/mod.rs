pub(crate) mod chosen;
pub(crate) mod letters;
pub(crate) mod no_english;
pub(crate) mod shown;

use crate::browser::{Browser, HERE, Page};
use axum::{
    http::{HeaderValue, Request, header},
    middleware::{self, Next},
};
use interpres_testkit::House;
use interpres_web::{Options, router};

/// A browser whose person has asked it for these languages.
pub(crate) fn asking_for(house: &House, languages: &'static str) -> Browser {
    let options = Options {
        public_url: HERE.to_owned(),
        ..Options::default()
    };
    let ask = move |mut request: Request<axum::body::Body>, next: Next| async move {
        let languages = HeaderValue::from_static(languages);
        request
            .headers_mut()
            .insert(header::ACCEPT_LANGUAGE, languages);
        next.run(request).await
    };
    Browser::at(router(house.gate.clone(), options).layer(middleware::from_fn(ask)))
}

/// Chooses a language on one's account.
pub(crate) async fn choose(browser: &mut Browser, language: &str) -> Page {
    let account = browser.get("/account").await;
    let (name, version) = (account.field_of("name"), account.field("version"));
    browser
        .act(
            "/account/profile",
            &[
                ("version", &version),
                ("name", &name),
                ("phone", ""),
                ("reach_by", ""),
                ("first_page", ""),
                ("language", language),
            ],
        )
        .await
}
