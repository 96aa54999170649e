pub(super) mod customer;
