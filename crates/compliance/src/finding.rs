use interpres_gate::{Json, record, words};
use interpres_types::{EntryId, FindingId, Instant, Line, UserId};

words! {
    /// Patterns in the log that need review (45 CFR 164.308(a)(1)(ii)(D)).
    Pattern, "must be the name of a pattern" {
        /// One person opened many records within an hour.
        BulkViews = "bulk-views", "Many records opened within an hour";
        /// Protected fields opened when the office sleeps.
        AfterHours = "after-hours", "Opened after hours";
        /// The client has the reader's own full name.
        OwnName = "own-name", "Client has the viewer’s own name";
        /// The client has the reader's surname.
        OwnSurname = "own-surname", "Client has the viewer’s last name";
        /// The client's name is under watch.
        WatchedClient = "watched-client", "Client on the watch list";
        /// One person was denied often within an hour.
        ManyRefusals = "many-refusals", "Many refusals";
        /// Wrong passwords, many from one address or for one person.
        PasswordGuessing = "password-guessing", "Wrong passwords";
        /// Many exports within a day.
        ManyExports = "many-exports", "Many exports within a day";
        /// Protected fields opened from an address the person never came from.
        NewAddress = "new-address", "New network address";
        /// One account in use from two networks within ten minutes.
        TwoPlaces = "two-places", "Two places at once";
        /// An account that had been silent for three months.
        LongSilent = "long-silent", "First activity in three months";
        /// One record opened again and again within an hour.
        SameRecord = "same-record", "Same record opened repeatedly";
        /// Records of appointments long over.
        LongOver = "long-over", "Old appointments opened";
    }
}

words! {
    /// A reviewer's verdict on a finding.
    Verdict, "must be expected or concern" {
        /// It was part of someone's work.
        Expected = "expected", "Expected";
        /// It was not, or it is not known; it is followed up elsewhere.
        Concern = "concern", "Concern";
    }
}

record! {
    /// A finding in the log, and the reviewer's verdict.
    pub struct Finding from NewFinding in "finding" by FindingId {
        /// Which pattern.
        pattern: Pattern,
        /// Who: a user's id or the name of a system role.
        who: Line<60>,
        /// The network address, if it matters.
        address: Option<Line<60>>,
        /// The beginning of the hour it was found in.
        hour: Instant,
        /// The first entry that belongs to it.
        first_entry: EntryId,
        /// The count.
        times: i64,
        /// The records concerned; at most twenty.
        records: Json<Vec<String>>,
        /// The verdict.
        verdict: Option<Verdict>,
        /// A reference to where it is followed up, without names.
        remark: Option<Line<120>>,
        /// Who signed it off.
        signed_by: Option<UserId>,
        /// When it was signed off.
        signed_at: Option<Instant>,
    }
}
