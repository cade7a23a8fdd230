//! Putting a notice into somebody's bell.
use crate::passage::{
    notice::{NewStoredNotice, Notice},
    refusal::Refusal,
    write_tx::WriteTx,
};
use async_recursion::async_recursion as boxed;
use interpres_types::UserId;

impl WriteTx {
    /// Puts a notice into somebody's bell, with the commit.
    ///
    /// # Errors
    /// A fault of the database.
    #[boxed]
    pub async fn notify(&mut self, user: UserId, notice: Notice) -> Result<(), Refusal> {
        let stored = self
            .blank(NewStoredNotice {
                user_id: user,
                at: self.read.now,
                kind: notice.kind.to_owned(),
                text: notice.text,
                path: notice.path,
            })
            .await?;
        self.keep(&stored).await.map(drop)
    }

    /// Puts a notice into the bell of every owner, admin and compliance officer of the workspace.
    ///
    /// # Errors
    /// A fault of the database.
    #[boxed]
    pub async fn tell_those_in_charge(&mut self, notice: &Notice) -> Result<(), Refusal> {
        let sql = "select user_id from member_row where workspace_id = $1 and role in ('owner', 'admin', 'compliance') and ended_at is null order by id";
        let workspace = self.read.scope.workspace.clone();
        for row in self.turn()?.rows(sql, &[workspace.into()]).await? {
            self.notify(
                crate::passage::stored_id::parse(row.text("user_id")?)?,
                notice.clone(),
            )
            .await?;
        }
        Ok(())
    }
}
