//! Which second factors count, in SQL: recovery codes never, and text messages only where every
//! workspace of the person takes them (AC10, AU2). Two places ask, with `m` as the member.

/// The workspaces of member `m`'s person that take no codes by text message: those under HIPAA mode
/// whose owner has not allowed them, and others that have said no.
macro_rules! refuses_texts {
    () => {
        "(select m3.id from member_row m3 join workspace_row w3 on w3.workspace_id = m3.workspace_id and w3.id = m3.workspace_id
          where m3.user_id = m.user_id and m3.ended_at is null
          and ((w3.hipaa_mode_since is not null and w3.settings not like '%\"text_messages_under_hipaa\":\"yes\"%')
            or (w3.hipaa_mode_since is null and w3.settings like '%\"text_messages\":\"no\"%')))"
    };
}

/// How many second factors member `m`'s person has that count.
macro_rules! factors {
    () => {
        concat!(
            "(select count(*) from factor_row f where f.user_id = m.user_id and f.ended_at is null and f.kind <> 'codes' and (f.kind <> 'text' or not exists ",
            refuses_texts!(),
            "))"
        )
    };
}

pub(crate) use {factors, refuses_texts};
