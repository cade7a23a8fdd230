//~ private
use interpres_gate::Mention;
pub struct Mine;
impl std::fmt::Display for Mine {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}
impl interpres_gate::passage::notice::sealed::Sealed for Mine {}
impl Mention for Mine {}
