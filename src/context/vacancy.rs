//! A place for a new file of the build context, which an added COPY brings in.

use std::path::{Path, PathBuf};

use super::{Folder, Kind, Tree};

/// What a new file is wanted for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Its name, the best first.
    pub names: &'a [String],
    /// Its bytes: a file that has them already will do.
    pub bytes: &'a [u8],
    /// Plain paths that the Dockerfile copies from the context: they tell which folder that is.
    pub sources: &'a [String],
    /// The context by what a compose file says, from the top of the repository: `services/web`.
    pub folder: Option<&'a str>,
}

/// A place for a new file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vacancy {
    /// From the build context, `/` between parts.
    pub path: String,
    /// Where that is; none where a file with these bytes is there already.
    pub made_at: Option<PathBuf>,
    /// There is no other folder that may be the build context.
    pub certain: bool,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoVacancy {
    /// There is no folder, as with a Dockerfile from standard input.
    NoContext,
    /// All names are taken.
    Taken,
    /// `.dockerignore` keeps it from the build.
    Ignored,
}

impl<T: Tree> Folder<T> {
    /// Beside the Dockerfile where that lies in the context, else at the context's top.
    pub(super) fn find_vacancy(&self, wanted: &Wanted<'_>) -> Result<Vacancy, NoVacancy> {
        let roots = self.root_paths();
        let top = roots.last().ok_or(NoVacancy::NoContext)?;
        let told = wanted.folder.map(|folder| top.join(folder));
        let told = told.filter(|told| roots.contains(&told.as_path()));
        let fits = |root: &&Path| {
            let mut sources = wanted.sources.iter();
            match &told {
                Some(told) => told == root,
                None => sources.all(|source| self.tree().followed(&root.join(source)).is_some()),
            }
        };
        let fitting: Vec<&Path> = roots.iter().copied().filter(fits).collect();
        let root = *fitting
            .first()
            .or(roots.first())
            .ok_or(NoVacancy::NoContext)?;
        let certain = roots.len() == 1 || fitting.len() == 1;
        let beside = self.dockerfile_folder();
        let beside = beside.filter(|folder| folder.starts_with(root));
        let folder = beside.unwrap_or_else(|| root.to_owned());
        let mut why = NoVacancy::Taken;
        for name in wanted.names {
            let place = folder.join(name);
            let Some(path) = relative(&place, root) else {
                continue;
            };
            if !self.is_seen(root, &path) {
                why = NoVacancy::Ignored;
                continue;
            }
            let made_at = match self.tree().entry(&place).map(|entry| entry.kind) {
                None => Some(place),
                Some(Kind::File) if self.has_bytes(&place, wanted.bytes) => None,
                Some(_) => continue,
            };
            return Ok(Vacancy {
                path,
                made_at,
                certain,
            });
        }
        Err(why)
    }

    fn has_bytes(&self, place: &Path, bytes: &[u8]) -> bool {
        let most = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.tree()
            .read(place, most)
            .is_some_and(|read| read == bytes)
    }
}

/// With `/` between parts; none for what a COPY would have to escape.
fn relative(place: &Path, root: &Path) -> Option<String> {
    let relative = place.strip_prefix(root).ok()?;
    let parts: Option<Vec<&str>> = relative.iter().map(|part| part.to_str()).collect();
    let path = parts?.join("/");
    let plain = |ch: char| ch.is_alphanumeric() || "/._-+@%,=".contains(ch);
    path.chars().all(plain).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::super::{BuildContext, Folder};
    use super::*;

    fn vacancy(
        dockerfile: &str,
        files: &[&str],
        sources: &[&str],
        folder: Option<&str>,
    ) -> (Result<Vacancy, NoVacancy>, PathBuf) {
        let root = tempfile::tempdir().expect("a folder");
        let top = root.path().canonicalize().expect("there");
        for file in files.iter().chain(&[dockerfile, ".git/HEAD"]) {
            let (file, text) = file.split_once('=').unwrap_or((file, ""));
            let path = top.join(file);
            std::fs::create_dir_all(path.parent().expect("below")).expect("writable");
            std::fs::write(path, text).expect("writable");
        }
        let names = ["step-down.sh", "step-down"].map(str::to_owned);
        let sources: Vec<String> = sources.iter().map(|&source| source.to_owned()).collect();
        let context = Folder::around(&top.join(dockerfile));
        let found = context.vacancy(&Wanted {
            names: &names,
            bytes: b"x",
            sources: &sources,
            folder,
        });
        (found, top)
    }

    #[test]
    fn beside_the_dockerfile() {
        let (found, top) = vacancy("Dockerfile", &[], &[], None);
        let expected = Vacancy {
            path: "step-down.sh".into(),
            made_at: Some(top.join("step-down.sh")),
            certain: true,
        };
        assert_eq!(found, Ok(expected));
        let (found, top) = vacancy("docker/Dockerfile", &["src/x"], &["src"], None);
        let expected = Vacancy {
            path: "docker/step-down.sh".into(),
            made_at: Some(top.join("docker/step-down.sh")),
            certain: true,
        };
        assert_eq!(found, Ok(expected));
    }

    #[test]
    fn which_folder_is_the_context_must_be_known() {
        let found = |sources: &[&str], folder| {
            let (found, _) = vacancy("web/Dockerfile", &["web/x"], sources, folder);
            let found = found.expect("a place");
            (found.path, found.certain)
        };
        let own = |certain| ("step-down.sh".to_owned(), certain);
        assert_eq!(found(&["x"], None), own(true));
        assert_eq!(found(&["."], None), own(false), "it is above, too");
        assert_eq!(found(&["nowhere"], None), own(false));
        assert_eq!(found(&["."], Some("web")), own(true));
        let above = ("web/step-down.sh".to_owned(), true);
        assert_eq!(found(&["."], Some("")), above);
    }

    #[test]
    fn names_that_are_taken_or_not_seen() {
        let path = |files: &[&str]| {
            let (found, _) = vacancy("Dockerfile", files, &[], None);
            found.map(|found| (found.path, found.made_at.is_some()))
        };
        let is = |path: &str, new| Ok((path.to_owned(), new));
        assert_eq!(path(&["step-down.sh=y"]), is("step-down", true));
        assert_eq!(path(&["step-down.sh=x"]), is("step-down.sh", false));
        assert_eq!(path(&[".dockerignore=*.sh"]), is("step-down", true));
        assert_eq!(path(&[".dockerignore=*\n!src"]), Err(NoVacancy::Ignored));
        let taken = ["step-down.sh=y", "step-down/a=y"];
        assert_eq!(path(&taken), Err(NoVacancy::Taken));
    }
}
