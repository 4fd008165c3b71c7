//! From `[notify]` to a way that can be taken: what stands in private files is read each time, so that a
//! renewed secret needs no restart.
//!
//! Must never: let a file that others can read hold a secret, or tell what is in one.

use crate::config::notify::{Address, Webhook, check_address};
use crate::config::secret::read_line;
use crate::config::{self, Notify};
use crate::notify::Way;

/// The way that the settings name.
///
/// # Errors
/// None is set, or a file of it cannot be used; says what to do.
pub fn way(settings: &Notify) -> Result<Way, String> {
    match &settings.way {
        None => Err("[notify] names neither a command nor a webhook".to_string()),
        Some(config::Way::Command(words)) => Ok(Way::Command(words.clone())),
        Some(config::Way::Webhook(Webhook { address, header, secret_file })) => {
            let address = match address {
                Address::Written(address) => address.clone(),
                Address::InFile(path) => {
                    let wrong = |what| format!("[notify] webhook_file {} {what}", path.display());
                    check_address(&read_line(path).map_err(wrong)?).map_err(wrong)?
                }
            };
            let secret = secret_file.as_ref().map(|path| {
                read_line(path).map_err(|what| format!("[notify] webhook_secret_file {} {what}", path.display()))
            });
            Ok(Way::Webhook { address, header: header.clone(), secret: secret.transpose()? })
        }
    }
}
