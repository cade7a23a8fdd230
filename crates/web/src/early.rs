//! Answers before a handler or instead of one, in the form in which the address that was asked answers.
use crate::{oauth, problem::Problem, scim, shared};
use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use futures_util::FutureExt;
use std::{panic::AssertUnwindSafe, time::Duration};

/// How an address answers.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    Page,
    Api,
    Scim,
    OAuth,
}

/// What is said early.
pub(crate) struct Early {
    pub(crate) status: StatusCode,
    /// A stable name for programs.
    pub(crate) kind: &'static str,
    pub(crate) title: &'static str,
    pub(crate) words: String,
    /// What a person can look at, for pages.
    pub(crate) look_at: Vec<String>,
}

impl Form {
    pub(crate) fn of(path: &str) -> Self {
        let under = |place: &str| {
            path.strip_prefix(place)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match path {
            _ if under("/scim") => Self::Scim,
            _ if under("/oauth") => Self::OAuth,
            _ if under("/api") || under("/metrics") => Self::Api,
            _ => Self::Page,
        }
    }

    pub(crate) fn tell(self, early: Early) -> Response {
        match self {
            Self::Page => shared::told_early(early),
            Self::Api => {
                Problem::new(early.status, early.kind, early.title, early.words).into_response()
            }
            Self::Scim => scim::wrong(early.status, &early.words),
            Self::OAuth => oauth::wrong(early.status, early.kind, &early.words),
        }
    }
}

/// The answer; or what is said when it takes too long, or its handler panics.
pub(crate) async fn within(
    patience: Duration,
    form: Form,
    answer: impl Future<Output = Response>,
) -> Response {
    match tokio::time::timeout(patience, AssertUnwindSafe(answer).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => form.tell(Early {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            kind: "server_error",
            title: say::fault_title(),
            words: say::fault_explained().to_owned(),
            look_at: Vec::new(),
        }),
        Err(_) => form.tell(Early {
            status: StatusCode::GATEWAY_TIMEOUT,
            kind: "timeout",
            title: say::timeout_title(),
            words: say::timeout_explained().to_owned(),
            look_at: Vec::new(),
        }),
    }
}

/// The list that was searched, or whose rows were ticked: the answer is a page of its own, which browsers load again or go
/// back to by its address.
fn list_of(path: &str) -> Option<&str> {
    let of_ticked = path.split_once("/selected/").map(|(list, _)| list);
    path.strip_suffix("/search")
        .or(of_ticked)
        .filter(|list| !list.starts_with("/api/") && !list.starts_with("//"))
}

/// There is such an address, but nothing to do there in this way.
pub(crate) async fn not_in_this_way(request: Request) -> Response {
    if let Some(list) = list_of(request.uri().path()).filter(|_| request.method().is_safe()) {
        return Redirect::to(list).into_response();
    }
    Form::of(request.uri().path()).tell(Early {
        status: StatusCode::METHOD_NOT_ALLOWED,
        kind: "method-not-allowed",
        title: say::not_found_title(),
        words: say::wrong_method().to_owned(),
        look_at: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_goes_back_to_what_was_searched_or_ticked_comes_to_its_list() {
        for (path, list) in [
            ("/appointments/search", Some("/appointments")),
            ("/clients/search", Some("/clients")),
            (
                "/people/invitations/selected/resending",
                Some("/people/invitations"),
            ),
            ("/api/v1/clients/search", None),
            ("/session/end", None),
            ("//elsewhere.example/search", None),
        ] {
            assert_eq!(list_of(path), list, "{path}");
        }
    }

    #[test]
    fn an_address_has_the_form_of_what_it_lies_under() {
        for (path, api) in [
            ("/api/v1/teams", true),
            ("/api", true),
            ("/metrics", true),
            ("/apis", false),
            ("/appointments", false),
            ("/", false),
        ] {
            assert_eq!(matches!(Form::of(path), Form::Api), api, "{path}");
        }
        assert!(
            matches!(Form::of("/scim/v2/Users"), Form::Scim)
                && matches!(Form::of("/oauth/token"), Form::OAuth)
        );
    }

    #[tokio::test]
    async fn a_handler_that_panics_or_never_ends_is_answered_for() {
        let panics = within(Duration::from_secs(60), Form::Api, async {
            panic!("Kanarya")
        })
        .await;
        assert_eq!(panics.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let hangs = within(Duration::ZERO, Form::Page, std::future::pending()).await;
        assert_eq!(hangs.status(), StatusCode::GATEWAY_TIMEOUT);
    }
}
