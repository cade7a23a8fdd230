//! Each line an address, and what is seen or done there.
use super::{hipaa, jobs, legal, providers, readiness, security, workspace};
use crate::{
    app::issuer_fits,
    routes::{ExportersInput, Nothing, Routes},
};
use interpres_accounts::{
    ListAcceptances, SecurityInput, SetSecurity, SetWorkspace, ShowSecurity, ShowWorkspace,
    WorkspaceInput,
};
use interpres_compliance::{
    AnswerDisable, DisableHipaa, DisableInput, EnableHipaa, EnableInput, ListAgreements,
    NameExporters, ShowHipaa, ShowReadiness, SignAgreement, SignInput,
};
use interpres_gate::{ListFailedJobs, TryJobAgain};
use interpres_sso::{
    EndProvider, ListProviders, ProviderInput, SaveProvider,
    scim::{EndScimTokens, ScimTokens},
};

pub(crate) fn routes(all: Routes) -> Routes {
    all.with(hipaa)
        .with(legal)
        .with(readiness)
        .with(jobs)
        .with(workspace)
        .with(security)
        .with(providers)
}

fn hipaa(all: Routes) -> Routes {
    let serving = all.serving.clone();
    all.fixed(
        "/agreements",
        "Agreements with the operator, waiting ones first",
        ListAgreements,
    )
    .beside("/settings/hipaa")
    .page("/settings/hipaa/agreements/{id}/text", hipaa::text)
    .act(
        "/agreements/{id}/signature",
        "Sign the agreement that waits",
        |id, input: SignInput| Ok(SignAgreement { id, input }),
    )
    .form("/settings/hipaa/agreements/{id}/signature", hipaa::sign)
    .fixed(
        "/hipaa",
        "The HIPAA configuration: what must hold, and whether it does",
        ShowHipaa(serving.clone()),
    )
    .page("/settings/hipaa", hipaa::show)
    .act("/hipaa", "Switch HIPAA mode on", {
        let serving = serving.clone();
        move |(), input: EnableInput| {
            Ok(EnableHipaa {
                serving: serving.clone(),
                input,
            })
        }
    })
    .form("/settings/hipaa/mode", hipaa::enable)
    .act(
        "/hipaa/exporters",
        "Name who may take files away under HIPAA mode",
        |(), input: ExportersInput| {
            Ok(NameExporters {
                members: input.members,
            })
        },
    )
    .form("/settings/hipaa/exporters", hipaa::name_exporters)
    .act(
        "/hipaa/end",
        "Switch HIPAA mode off, or ask a second person to",
        |(), input: DisableInput| Ok(DisableHipaa { input }),
    )
    .form("/settings/hipaa/mode/end", hipaa::disable)
    .act(
        "/hipaa/changes/{id}/confirmation",
        "Confirm the switch that waits",
        |id, _: Nothing| Ok(AnswerDisable { id, confirm: true }),
    )
    .form("/settings/hipaa/changes/{id}/confirmation", hipaa::confirm)
    .act(
        "/hipaa/changes/{id}/refusal",
        "Drop the switch that waits",
        |id, _: Nothing| Ok(AnswerDisable { id, confirm: false }),
    )
    .form("/settings/hipaa/changes/{id}/refusal", hipaa::drop)
}

fn legal(all: Routes) -> Routes {
    all.list::<ListAcceptances>(
        "/acceptances",
        "Which members accepted which user terms, by name",
    )
    .page("/settings/legal", legal::show)
}

fn readiness(all: Routes) -> Routes {
    let serving = all.serving.clone();
    all.fixed(
        "/readiness",
        "The readiness report: each safeguard with evidence",
        ShowReadiness(serving.clone()),
    )
    .page("/settings/readiness", readiness::readiness)
    .api_get("/readiness/pdf", readiness::readiness_on_paper)
    .page("/settings/readiness/pdf", readiness::readiness_as_pdf)
}

fn jobs(all: Routes) -> Routes {
    all.list::<ListFailedJobs>(
        "/jobs/failed",
        "Work that failed too often and waits for a person",
    )
    .page("/settings/jobs", jobs::failed)
    .act(
        "/jobs/attempts",
        "Have work that failed tried again",
        |(), job: TryJobAgain| Ok(job),
    )
    .form("/settings/jobs", jobs::try_again)
}

fn workspace(all: Routes) -> Routes {
    all.fixed(
        "/workspace",
        "What the workspace is called, where it is, and when interpreters see names",
        ShowWorkspace,
    )
    .page("/settings/workspace", workspace::workspace)
    .replace(
        "/workspace",
        "Set it",
        |(), version, input: WorkspaceInput| SetWorkspace { version, input },
    )
    .form("/settings/workspace", workspace::set_workspace)
}

fn security(all: Routes) -> Routes {
    all.fixed(
        "/security",
        "What the workspace asks of sessions, second factors and passwords",
        ShowSecurity,
    )
    .page("/settings/security", security::security)
    .replace(
        "/security",
        "Set what the workspace asks",
        |(), version, input: SecurityInput| SetSecurity { version, input },
    )
    .form("/settings/security", security::set_security)
}

fn providers(all: Routes) -> Routes {
    all.fixed("/providers", "Identity providers", ListProviders)
        .page("/settings/providers", providers::list)
        .act_after(
            "/providers",
            "Set an identity provider up",
            issuer_fits,
            |(), input: ProviderInput| Ok(SaveProvider { id: None, input }),
        )
        .form("/settings/providers", providers::add)
        .act_after(
            "/providers/{id}",
            "Change an identity provider",
            issuer_fits,
            |id, input: ProviderInput| {
                Ok(SaveProvider {
                    id: Some(id),
                    input,
                })
            },
        )
        .fixed(
            "/directory-tokens",
            "Tokens of the organization's directory (SCIM)",
            ScimTokens,
        )
        .beside("/settings/providers")
        .act(
            "/directory-tokens/end",
            "End every token of the directory",
            |(), _: Nothing| Ok(EndScimTokens),
        )
        .form(
            "/settings/providers/directory-tokens/end",
            providers::end_tokens,
        )
        .form(
            "/settings/providers/directory-tokens",
            providers::mint_token,
        )
        .act(
            "/providers/{id}/end",
            "Take an identity provider away",
            |id, _: Nothing| Ok(EndProvider(id)),
        )
        .form("/settings/providers/{id}/end", providers::end)
}
