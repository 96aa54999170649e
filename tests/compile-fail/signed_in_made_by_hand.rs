//! Nor does anybody else say who is signed in.
use openchair_domain::identity::SignedIn;
use openchair_domain::ids::Id;

fn impostor(other: SignedIn) -> SignedIn {
    SignedIn {
        user: Id::nothing(),
        session: Id::nothing(),
        name: String::new(),
        platform_admin: true,
        two_factor: true,
        current_tenant: None,
        request: other.request,
    }
}

fn main() {}
