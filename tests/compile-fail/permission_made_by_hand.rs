//! `Can` comes out of a request, after its permission was asked for.
use std::marker::PhantomData;

use openchair_domain::authz::perm;
use openchair_domain::tenancy::Caller;
use openchair_server::auth::Can;

fn allowed(caller: Caller) -> Can<perm::TransferTenant> {
    Can(caller, PhantomData)
}

fn more(can: Can<perm::ReadTeam>) -> Can<perm::TransferTenant> {
    can
}

fn main() {}
