//! Figures for monitoring: Prometheus text, for whoever holds a token.
use crate::{App, door::Keyed};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use interpres_gate::Role;
use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

/// Counters since the process began.
pub(crate) struct Measures {
    began: Instant,
    by_class: [AtomicU64; 6],
    micros: AtomicU64,
    in_flight: AtomicU64,
}

impl Default for Measures {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            by_class: [const { AtomicU64::new(0) }; 6],
            micros: AtomicU64::new(0),
            in_flight: AtomicU64::new(0),
        }
    }
}

impl Measures {
    pub(crate) async fn around(&self, answer: impl Future<Output = Response>) -> Response {
        let began = Instant::now();
        let _under_way = UnderWay::begin(&self.in_flight);
        let response = answer.await;
        let class = usize::from(response.status().as_u16() / 100).min(5);
        self.by_class[class].fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(
            u64::try_from(began.elapsed().as_micros()).unwrap_or(0),
            Ordering::Relaxed,
        );
        response
    }

    fn text(&self) -> String {
        let mut out = String::from(
            "# HELP http_requests_total Requests answered.\n# TYPE http_requests_total counter\n",
        );
        for (class, count) in self.by_class.iter().enumerate().skip(1) {
            let _ = writeln!(
                out,
                "http_requests_total{{class=\"{class}xx\"}} {}",
                count.load(Ordering::Relaxed)
            );
        }
        let micros = self.micros.load(Ordering::Relaxed);
        let _ = writeln!(
            out,
            "# HELP http_request_seconds_total Time spent answering.\n# TYPE http_request_seconds_total counter\nhttp_request_seconds_total {}.{:06}",
            micros / 1_000_000,
            micros % 1_000_000
        );
        let _ = writeln!(
            out,
            "# HELP http_requests_in_flight Requests being answered now.\n# TYPE http_requests_in_flight gauge\nhttp_requests_in_flight {}",
            self.in_flight.load(Ordering::Relaxed)
        );
        let _ = writeln!(
            out,
            "# HELP process_uptime_seconds Seconds since start.\n# TYPE process_uptime_seconds gauge\nprocess_uptime_seconds {}",
            self.began.elapsed().as_secs()
        );
        out
    }
}

/// A request that is being answered: until it is, or until nobody waits for the answer any more.
struct UnderWay<'m>(&'m AtomicU64);

impl<'m> UnderWay<'m> {
    fn begin(count: &'m AtomicU64) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// For owners' and admins' API keys.
pub(crate) async fn metrics(State(app): State<App>, Keyed(actor): Keyed) -> Response {
    match actor.rights().role {
        Role::Owner | Role::Admin => (
            [("content-type", "text/plain; version=0.0.4")],
            app.measures.text(),
        )
            .into_response(),
        _ => (StatusCode::FORBIDDEN, "metrics are for owners and admins\n").into_response(),
    }
}
