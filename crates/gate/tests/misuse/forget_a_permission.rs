//~ non-exhaustive patterns
use interpres_gate::Permission;
pub fn f(asked: Permission) -> bool {
    match asked {
        Permission::ViewAppointments => true,
    }
}
