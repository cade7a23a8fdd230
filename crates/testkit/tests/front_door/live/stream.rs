//! A page that listens, without a browser.
use crate::browser::Browser;
use axum::{
    body::{Body, BodyDataStream},
    http::{Response, response::Parts},
};
use futures_util::{FutureExt, StreamExt};
use interpres_testkit::House;

/// A stream as it was answered, and everything that came on it.
pub(crate) struct Stream {
    pub(crate) parts: Parts,
    body: BodyDataStream,
    /// What came, as it came.
    pub(crate) text: String,
    read: usize,
    pub(crate) is_over: bool,
}

/// What a page shows that was asked for now.
pub(crate) async fn seen(browser: &mut Browser) -> String {
    let page = browser.get("/notices").await;
    let (_, rest) = page.text.split_once("data-seen=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

impl Stream {
    /// Of a page that was asked for just now.
    pub(crate) async fn of(house: &House, browser: &mut Browser) -> Self {
        house.gate.hear().await.unwrap();
        let after = seen(browser).await;
        Self::after(browser, &after).await
    }

    /// From what was seen.
    pub(crate) async fn after(browser: &Browser, after: &str) -> Self {
        let path = format!("/live?after={after}");
        Self::answered(browser.open(&path, &[]).await)
    }

    pub(crate) fn answered(answer: Response<Body>) -> Self {
        let (parts, body) = answer.into_parts();
        Self {
            parts,
            body: body.into_data_stream(),
            text: String::new(),
            read: 0,
            is_over: false,
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.parts.status.as_u16()
    }

    /// What is told once the process has looked, but for the bell's count and that somebody is there.
    pub(crate) async fn hears(&mut self, house: &House) -> Vec<String> {
        house.gate.hear().await.unwrap();
        let mut told = self.told();
        told.retain(|told| !told.starts_with("notice ") && told != "still");
        told
    }

    /// What came since it was read last.
    pub(crate) fn told(&mut self) -> Vec<String> {
        while let Some(piece) = self.body.next().now_or_never() {
            match piece {
                Some(bytes) => self
                    .text
                    .push_str(std::str::from_utf8(&bytes.unwrap()).unwrap()),
                None => {
                    self.is_over = true;
                    break;
                }
            }
        }
        let new = &self.text[self.read..];
        let told = new.lines().filter_map(|line| line.strip_prefix("data: "));
        let told = told.map(str::to_owned).collect();
        self.read = self.text.len();
        told
    }

    /// What a browser comes back with.
    pub(crate) fn last_id(&self) -> &str {
        let last = self.text.lines().rfind(|line| line.starts_with("id: "));
        last.unwrap().strip_prefix("id: ").unwrap()
    }
}
