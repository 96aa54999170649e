//! What people change about their own login.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::entities::user;
use super::links::{self, Purpose};
use super::people::{audit_everywhere, own};
use super::sessions::{self, Which};
use super::sign_in::{notify, set_password, unchanged};
use super::{Identity, IdentityError, NewSession, SignedIn, UserFacts};
use crate::config::LOCALES;
use crate::fault::{Faults, ValueFault};
use crate::secrets::PasswordContext;
use crate::tenancy::SystemReason;
use crate::text;

/// What may be changed.
#[derive(Debug, Clone, Default)]
pub struct ProfileChange {
    /// The name, as others see it.
    pub name: Option<String>,
    /// The language of mails and screens.
    pub locale: Option<String>,
}

impl Identity {
    /// Changes one's own name or language.
    pub async fn update_profile(
        &self,
        person: &SignedIn,
        seen: i32,
        change: &ProfileChange,
    ) -> Result<UserFacts, IdentityError> {
        let mut faults = Faults::new();
        let name =
            change.name.as_deref().and_then(|name| faults.take("/name", text::line(name, 1, 80)));
        let locale = change.locale.as_deref().and_then(|wanted| {
            let known = LOCALES.iter().find(|known| **known == wanted);
            let fault = ValueFault::new("unknown_locale", "This language isn't offered yet.");
            faults.take("/locale", known.ok_or(fault))
        });
        if !faults.is_empty() {
            return Err(faults.into());
        }
        let tx = self.db().system(SystemReason::Identity).await?;
        let user = own(&tx, person).await?;
        if user.version != seen {
            tx.rollback().await?;
            return Err(IdentityError::Stale);
        }
        let mut row: user::ActiveModel = user.into();
        if let Some(name) = name {
            row.name = Set(name);
        }
        if let Some(locale) = locale {
            row.locale = Set((*locale).to_owned());
        }
        row.version = Set(seen + 1);
        row.updated_at = Set(tx.now());
        let user = row.update(tx.conn()).await?;
        tx.commit().await?;
        Ok(UserFacts::from(&user))
    }

    /// Sets a password, or a new one in place of the old. Other sessions end, this one gets a new
    /// secret.
    pub async fn change_password(
        &self,
        person: &SignedIn,
        current: Option<String>,
        new: String,
    ) -> Result<Option<NewSession>, IdentityError> {
        let me = self.prove_password(person.user, current.as_deref()).await?;
        let about = PasswordContext { email: &me.email, name: &me.name };
        let hash = self.new_password("/new", &new, about).await?;
        let tx = self.db().system(SystemReason::Identity).await?;
        let user = unchanged(&tx, &me).await?;
        let user = set_password(&tx, user, hash).await?;
        sessions::revoke(&tx, person.user, Which::AllBut(person.session), "password_changed")
            .await?;
        let session = sessions::rotate(&tx, person.session).await?;
        audit_everywhere(&tx, &user, "identity.password_changed").await?;
        notify(&tx, self, &user, "password_changed").await?;
        tx.commit().await?;
        Ok(session)
    }

    /// Sends the link that proves the address once more.
    pub async fn resend_verification(&self, person: &SignedIn) -> Result<(), IdentityError> {
        let tx = self.db().system(SystemReason::Identity).await?;
        let user = own(&tx, person).await?;
        if user.email_verified_at.is_some() {
            tx.rollback().await?;
            return Err(IdentityError::AlreadyVerified);
        }
        links::mail(&tx, self, &user, Purpose::VerifyEmail).await?;
        Ok(tx.commit().await?)
    }
}
