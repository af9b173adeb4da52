//! The users and groups of an image, as script after script makes them.

use super::lex::Script;
use super::users::{self, AccountAct, AccountChange, Dialect, NewUser, UserChange};
use super::word::Env;

/// A user that scripts have made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownUser {
    /// The name.
    pub name: String,
    /// The number, when certain.
    pub uid: Option<u32>,
    /// The primary group's number, when certain.
    pub gid: Option<u32>,
    /// The primary group, as named.
    pub group: Option<String>,
    /// The home directory in its passwd row.
    pub home: Option<String>,
    /// Whether that directory is made.
    pub makes_home: Option<bool>,
    /// Whether it is a system user.
    pub system: bool,
    /// It may not have been made.
    pub conditional: bool,
    /// It was made when it was not there: it is there either way.
    pub guarded: bool,
    /// Which script made it: the caller's number.
    pub created_at: usize,
}

/// A group that scripts have made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownGroup {
    /// The name.
    pub name: String,
    /// The number, when certain.
    pub gid: Option<u32>,
    /// It may not have been made.
    pub conditional: bool,
}

/// Adds up what scripts do to users and groups.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    users: Vec<KnownUser>,
    groups: Vec<KnownGroup>,
}

impl Accounts {
    /// Takes in a script. `at` is kept with the users that it makes.
    pub fn read(&mut self, script: &Script, env: Env<'_>, dialect: Dialect, at: usize) {
        for act in users::accounts(script, env, dialect) {
            self.apply(&act, at);
        }
    }

    /// Takes in one act.
    pub fn apply(&mut self, act: &AccountAct, at: usize) {
        match &act.what {
            AccountChange::CreatesUser(user) => self.create(user, act, at),
            AccountChange::CreatesGroup {
                name: Some(name),
                gid,
            } => {
                // A second one in another branch: what they do not agree on is not known.
                let gid = self
                    .group(name)
                    .map_or(*gid, |group| group.gid.filter(|old| Some(*old) == *gid));
                self.groups.retain(|group| group.name != *name);
                self.groups.push(KnownGroup {
                    name: name.clone(),
                    gid,
                    conditional: act.conditional && !act.guarded,
                });
            }
            AccountChange::ChangesUser(change) => self.change(change, act.conditional),
            AccountChange::ChangesGroup {
                name: Some(name),
                gid,
                new_name,
            } => {
                let old = self.group(name).and_then(|group| group.gid);
                let gid = if act.conditional {
                    gid.filter(|gid| Some(*gid) == old)
                } else {
                    gid.or(old)
                };
                for group in self.groups.iter_mut().filter(|group| group.name == *name) {
                    group.gid = gid;
                    group.name.clone_from(new_name.as_ref().unwrap_or(name));
                }
                for user in self
                    .users
                    .iter_mut()
                    .filter(|user| user.group.as_ref() == Some(name))
                {
                    user.gid = gid;
                }
            }
            AccountChange::DeletesUser { name: Some(name) } if !act.conditional => {
                self.users.retain(|user| user.name != *name);
            }
            AccountChange::DeletesGroup { name: Some(name) } if !act.conditional => {
                self.groups.retain(|group| group.name != *name);
            }
            _ => {}
        }
    }

    /// The users, in the order in which they were made.
    pub fn users(&self) -> &[KnownUser] {
        &self.users
    }

    /// The groups that were made on their own or with a user.
    pub fn groups(&self) -> &[KnownGroup] {
        &self.groups
    }

    /// The user of a name.
    pub fn user(&self, name: &str) -> Option<&KnownUser> {
        self.users.iter().find(|user| user.name == name)
    }

    /// The group of a name.
    pub fn group(&self, name: &str) -> Option<&KnownGroup> {
        self.groups.iter().find(|group| group.name == name)
    }

    fn create(&mut self, new: &NewUser, act: &AccountAct, at: usize) {
        let Some(name) = &new.name else { return };
        let gid = match &new.group {
            Some(group) => self.group(group).map_or(new.gid, |known| known.gid),
            // Its own group cannot have a number that another group has.
            None => new.gid.filter(|gid| {
                !self
                    .groups
                    .iter()
                    .any(|group| group.gid == Some(*gid) && group.name != *name)
            }),
        };
        let conditional = act.conditional && !act.guarded;
        let user = KnownUser {
            name: name.clone(),
            uid: new.uid,
            gid,
            group: new
                .group
                .clone()
                .or_else(|| new.own_group.then(|| name.clone())),
            home: new.home.clone(),
            makes_home: new.makes_home,
            system: new.system,
            conditional,
            guarded: act.guarded,
            created_at: at,
        };
        if new.own_group && new.group.is_none() && self.group(name).is_none() {
            self.groups.push(KnownGroup {
                name: name.clone(),
                gid,
                conditional,
            });
        }
        match self.users.iter_mut().find(|known| known.name == *name) {
            // A second way to the same user: what they do not agree on is not known.
            Some(known) => {
                known.uid = known.uid.filter(|uid| Some(*uid) == user.uid);
                known.gid = known.gid.filter(|gid| Some(*gid) == user.gid);
                known.home = known
                    .home
                    .take()
                    .filter(|home| Some(home) == user.home.as_ref());
                known.makes_home = known
                    .makes_home
                    .filter(|makes| Some(*makes) == user.makes_home);
                known.conditional &= user.conditional && !known.is_other_branch(&user);
            }
            None => self.users.push(user),
        }
    }

    fn change(&mut self, change: &UserChange, conditional: bool) {
        let Some(name) = &change.name else { return };
        let group = change.group.as_ref().map(|group| {
            let group = group.as_deref()?;
            self.group(group).map_or_else(
                || {
                    if group == "root" {
                        Some(0)
                    } else {
                        group.parse().ok()
                    }
                },
                |known| known.gid,
            )
        });
        let Some(user) = self.users.iter_mut().find(|user| user.name == *name) else {
            return;
        };
        if let Some(uid) = change.uid {
            user.uid = uid.filter(|uid| !conditional || user.uid == Some(*uid));
        }
        if let Some(gid) = group {
            user.gid = gid.filter(|gid| !conditional || user.gid == Some(*gid));
            user.group
                .clone_from(change.group.as_ref().unwrap_or(&None));
        }
        if let Some(home) = &change.home {
            user.home = (!conditional || user.home.as_ref() == Some(home)).then(|| home.clone());
        }
        if let Some(new_name) = change.new_name.as_ref().filter(|_| !conditional) {
            user.name.clone_from(new_name);
        }
    }
}

impl KnownUser {
    /// Whether two conditional ways to the same user stand in the same script, as the branches of one decision do.
    fn is_other_branch(&self, other: &Self) -> bool {
        self.created_at == other.created_at
    }
}
