//! Everything that anyone may be allowed to do, once. The policy, the API's documentation, API
//! keys and custom roles all speak of these.

/// A permission as a type, so that an operation names what it needs in its signature.
pub trait Permission: Send + Sync + 'static {
    /// The permission as a value.
    const VALUE: Right;
}

macro_rules! rights {
    ($($group:literal { $($name:ident = $key:literal $sentence:literal),+ $(,)? })+) => {
        /// A permission as a value: `object:action`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Right { $($(#[doc = $sentence] $name,)+)+ }

        impl Right {
            /// Every permission, in the order in which people are shown them.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)+)+];

            /// The stable name, `object:action`.
            pub const fn key(self) -> &'static str {
                match self { $($(Self::$name => $key,)+)+ }
            }

            /// What it lets one do, for people.
            pub const fn sentence(self) -> &'static str {
                match self { $($(Self::$name => $sentence,)+)+ }
            }

            /// The heading under which people find it.
            pub const fn group(self) -> &'static str {
                match self { $($(Self::$name => $group,)+)+ }
            }
        }

        $($(
            #[doc = $sentence]
            #[derive(Debug)]
            pub enum $name {}
            impl Permission for $name { const VALUE: Right = Right::$name; }
        )+)+
    };
}

rights! {
    "Business" {
        ReadTenant = "tenant:read" "See the business's settings",
        UpdateTenant = "tenant:update" "Change the business's name, address and look",
        SecureTenant = "tenant:secure" "Decide whether everyone needs a second factor",
        TransferTenant = "tenant:transfer" "Hand the business over to another owner",
        CloseTenant = "tenant:close" "Close the business's account",
        ExportTenant = "tenant:export" "Take all of the business's data out",
        BillTenant = "tenant:bill" "See and change the plan that the business pays for",
    }
    "Locations" {
        ReadLocations = "location:read" "See the locations and their hours",
        CreateLocation = "location:create" "Open a location",
        UpdateLocation = "location:update" "Change a location and its hours",
        ArchiveLocation = "location:archive" "Close a location",
    }
    "Team" {
        ReadTeam = "team:read" "See who is on the team",
        InviteMember = "team:invite" "Invite people to the team",
        UpdateMember = "team:update" "Give people on the team another role",
        RemoveMember = "team:remove" "Take people off the team",
    }
    "Roles" {
        ReadRoles = "role:read" "See the roles and what they may do",
        CreateRole = "role:create" "Compose a role",
        UpdateRole = "role:update" "Change a composed role",
        DeleteRole = "role:delete" "Delete a composed role",
    }
    "API keys" {
        ReadApiKeys = "api_key:read" "See the API keys (never their secrets)",
        CreateApiKey = "api_key:create" "Make an API key",
        RevokeApiKey = "api_key:revoke" "Revoke an API key",
    }
    "Audit" {
        ReadAudit = "audit:read" "Read who did what",
        ExportAudit = "audit:export" "Export who did what",
    }
    "Support" {
        ReadSupportGrants = "support:read" "See when support may look into the business",
        RevokeSupportGrant = "support:revoke" "Show support the door",
    }
    "Services" {
        ReadServices = "service:read" "See the services",
        CreateService = "service:create" "Add a service",
        UpdateService = "service:update" "Change a service",
        ArchiveService = "service:archive" "Take a service off the menu",
    }
    "Staff and rooms" {
        ReadStaff = "staff:read" "See staff, their skills and hours",
        CreateStaff = "staff:create" "Add a staff member",
        UpdateStaff = "staff:update" "Change staff, their skills and hours",
        ArchiveStaff = "staff:archive" "Take a staff member off the calendar",
        UpdateOwnHours = "staff:update_own_hours" "Change one's own hours and time off",
        ReadRooms = "room:read" "See the rooms",
        CreateRoom = "room:create" "Add a room",
        UpdateRoom = "room:update" "Change a room",
        ArchiveRoom = "room:archive" "Take a room out of use",
        UpdatePolicy = "policy:update" "Change the booking rules",
    }
    "Visits" {
        ReadBookings = "booking:read" "See everybody's visits",
        ReadOwnBookings = "booking:read_own" "See one's own visits",
        CreateBooking = "booking:create" "Book a visit",
        UpdateBooking = "booking:update" "Change a visit's notes and details",
        MoveBooking = "booking:move" "Move a visit",
        CancelBooking = "booking:cancel" "Cancel a visit",
        ConfirmBooking = "booking:confirm" "Confirm a visit that waits for approval",
        CheckInBooking = "booking:check_in" "Check a customer in",
        CompleteBooking = "booking:complete" "Start and finish a visit",
        NoShowBooking = "booking:no_show" "Mark a visit as a no-show",
        OverrideBooking = "booking:override" "Book over the rules on purpose",
    }
    "Queue" {
        ReadQueue = "queue:read" "See the walk-in queue",
        JoinQueue = "queue:join" "Put a customer into the queue",
        CallQueue = "queue:call" "Call, start and finish walk-ins",
        ManageQueue = "queue:manage" "Open, close and reorder the queue",
        ConvertQueue = "queue:convert" "Turn a walk-in into a visit",
    }
    "Customers" {
        ReadCustomers = "customer:read" "See all customers",
        ReadOwnCustomers = "customer:read_own" "See one's own customers",
        CreateCustomer = "customer:create" "Add a customer",
        UpdateCustomer = "customer:update" "Change a customer's details and notes",
        MergeCustomers = "customer:merge" "Merge two records of one customer",
        ImportCustomers = "customer:import" "Import customers from a file",
        ExportCustomers = "customer:export" "Export customers to a file",
        EraseCustomer = "customer:erase" "Erase a customer's data",
        ReadMedical = "medical:read" "Read medical notes (each reading is recorded)",
        WriteMedical = "medical:write" "Write medical notes",
    }
    "Messages" {
        ReadMessages = "message:read" "See what was sent",
        SendMessage = "message:send" "Send a message",
        UpdateTemplates = "template:update" "Change the message templates",
    }
    "Money" {
        ReadPayments = "payment:read" "See payments",
        TakePayment = "payment:take" "Take a payment",
        RefundPayment = "payment:refund" "Refund a payment",
        CloseDay = "ledger:close" "Close the day's till",
        ConnectPayments = "payment:connect" "Connect the account that customers' money goes to",
    }
    "Webhooks" {
        ReadWebhooks = "webhook:read" "See webhook endpoints and deliveries",
        CreateWebhook = "webhook:create" "Add a webhook endpoint",
        UpdateWebhook = "webhook:update" "Change a webhook endpoint",
        DeleteWebhook = "webhook:delete" "Delete a webhook endpoint",
        ReplayWebhook = "webhook:replay" "Send webhook events again",
    }
    "Numbers" {
        ReadAnalytics = "analytics:read" "See the business's numbers",
        ReadOwnAnalytics = "analytics:read_own" "See one's own numbers",
    }
}

impl Right {
    /// The permission that `key` names.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|right| right.key() == key)
    }

    /// The permission to see all of what this one lets see one's own of.
    pub fn wider(self) -> Option<Self> {
        match self {
            Self::ReadOwnBookings => Some(Self::ReadBookings),
            Self::ReadOwnCustomers => Some(Self::ReadCustomers),
            Self::ReadOwnAnalytics => Some(Self::ReadAnalytics),
            _ => None,
        }
    }

    /// Whether it can still be done where the plan isn't paid: to look, to take out, to pay, and what only makes
    /// it safer or was promised to people.
    pub fn stays(self) -> bool {
        matches!(self.action(), "read" | "read_own" | "export")
            || matches!(
                self,
                Self::BillTenant
                    | Self::CloseTenant
                    | Self::RevokeApiKey
                    | Self::RevokeSupportGrant
                    | Self::RemoveMember
                    | Self::EraseCustomer
            )
    }

    /// The part before the colon.
    pub fn object(self) -> &'static str {
        self.key().split_once(':').map_or(self.key(), |(object, _)| object)
    }

    /// The part after the colon.
    pub fn action(self) -> &'static str {
        self.key().split_once(':').map_or("", |(_, action)| action)
    }
}

/// A set of permissions: one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Rights(u128);

impl Rights {
    /// No permission at all.
    pub const NONE: Self = Self(0);

    /// Whether `right` is in the set.
    pub const fn has(self, right: Right) -> bool {
        self.0 & (1 << right as u32) != 0
    }

    /// Adds `right`.
    pub const fn insert(&mut self, right: Right) {
        self.0 |= 1 << right as u32;
    }

    /// What is in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether everything in this set is in `other`.
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The permissions, in the order in which people are shown them.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.iter().copied().filter(move |right| self.has(*right))
    }

    /// The stable names.
    pub fn keys(self) -> Vec<String> {
        self.iter().map(|right| right.key().to_owned()).collect()
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        let mut set = Self::NONE;
        for right in rights {
            set.insert(right);
        }
        set
    }
}

impl std::fmt::Debug for Rights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter().map(Right::key)).finish()
    }
}

const _: () = assert!(Right::ALL.len() <= 128, "one bit per permission");
