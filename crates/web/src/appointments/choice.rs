//! Whom to ask, as the page has it.
use interpres_dispatch::{Candidate, CandidateList, Dispatch, Narrowed, OffersInput, RoundKind};
use interpres_gate::Refusal;
use interpres_types::{Field, InterpreterId};

/// How many candidates stand on a page beside those who are ticked.
const ON_A_PAGE: usize = 25;

/// How the chosen are asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Later,
    Offer(RoundKind),
    Assign,
}

impl How {
    fn of(word: &str) -> Self {
        match word {
            "assign" => Self::Assign,
            other => other.parse().map_or(Self::Later, Self::Offer),
        }
    }
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Later => "later",
            Self::Assign => "assign",
            Self::Offer(kind) => kind.word(),
        }
    }
    const fn takes_one(self) -> bool {
        matches!(self, Self::Assign | Self::Offer(RoundKind::Single))
    }
}

/// What was ticked and looked for.
pub(crate) struct Choice {
    pub(crate) how: How,
    pub(crate) interpreters: Vec<InterpreterId>,
    pub(crate) find: String,
    /// Whether what stands in the search field was not looked for yet.
    pub(crate) is_looking: bool,
    /// How many candidates are passed over.
    pub(crate) from: usize,
}

impl Choice {
    /// The fields that a choice consists of.
    pub(crate) const FIELDS: [&str; 6] = ["how", "kind", "interpreters", "find", "found", "from"];

    /// From a form's fields.
    pub(crate) fn of(typed: &[(String, String)]) -> Self {
        let last = |name: &str| {
            typed
                .iter()
                .rfind(|(n, _)| n == name)
                .map(|(_, value)| value.as_str())
        };
        let ids = typed
            .iter()
            .filter(|(name, _)| name == "interpreters")
            .filter_map(|(_, id)| id.parse().ok());
        let mut interpreters: Vec<InterpreterId> = Vec::new();
        ids.for_each(|id| {
            if !interpreters.contains(&id) {
                interpreters.push(id)
            }
        });
        Self {
            how: How::of(last("kind").or(last("how")).unwrap_or_default()),
            interpreters,
            find: last("find").unwrap_or_default().trim().to_owned(),
            is_looking: last("find").unwrap_or_default().trim()
                != last("found").unwrap_or_default().trim(),
            from: last("from").and_then(|from| from.parse().ok()).unwrap_or(0),
        }
    }
    /// The candidates that this choice looks at.
    pub(crate) fn narrowed(&self) -> Narrowed {
        Narrowed {
            find: self.find.clone(),
            from: self.from,
            most: ON_A_PAGE,
            ticked: self.interpreters.clone(),
        }
    }
    pub(crate) fn has(&self, candidate: &Candidate) -> bool {
        self.interpreters.contains(&candidate.interpreter)
    }
    /// Where the page before begins; nothing on the first.
    pub(crate) fn before(&self) -> Option<usize> {
        (self.from > 0).then(|| self.from.saturating_sub(ON_A_PAGE))
    }
    /// Where the page after begins; nothing on the last.
    pub(crate) fn after(&self, candidates: &CandidateList) -> Option<usize> {
        Some(self.from + ON_A_PAGE).filter(|next| *next < candidates.matching)
    }
    /// What does not fit together, in words, so that nothing chosen is dropped without one.
    pub(crate) fn misfit(&self) -> Option<String> {
        let many = self.interpreters.len();
        match (self.how, many) {
            (How::Later, 0) => None,
            (How::Later, 1) => Some(say::misfit_later_one().to_owned()),
            (How::Later, many) => Some(say::misfit_later_many(many)),
            (_, 0) => Some(say::misfit_none().to_owned()),
            (how, many) if how.takes_one() && many > 1 => Some(say::misfit_takes_one(many)),
            _ => None,
        }
    }
    /// What it asks for; nothing where it is decided later.
    pub(crate) fn dispatch(&self) -> Result<Option<Dispatch>, Refusal> {
        if let Some(misfit) = self.misfit() {
            return Err(Refusal::invalid("interpreters", misfit));
        }
        Ok(match self.how {
            How::Later => None,
            How::Assign => self.interpreters.first().copied().map(Dispatch::Assign),
            How::Offer(kind) => Some(Dispatch::Offer(OffersInput {
                kind: kind.word().into(),
                interpreters: self
                    .interpreters
                    .iter()
                    .map(|id| Field::from(id.to_string()))
                    .collect(),
                ..OffersInput::default()
            })),
        })
    }
}
