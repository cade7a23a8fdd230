//! What arrives by mail: the letters to an address, and the links in them.
use interpres::mail::Post;
use interpres_testkit::House;

/// What the letters to an address say, latest last.
pub(crate) async fn letters(house: &House, to: &str) -> Vec<String> {
    let folder = house.folder().join("letters");
    while Post::Folder(folder.clone())
        .send_due(&house.gate, "http://localhost:8080")
        .await
        .unwrap()
        > 0
    {}
    let Ok(found) = std::fs::read_dir(&folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = found.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .filter(|text| text.starts_with(&format!("To: {to}\n")))
        .collect()
}

/// The path at the end of a letter.
pub(crate) fn link(letter: &str) -> String {
    letter
        .trim()
        .rsplit("http://localhost:8080")
        .next()
        .unwrap()
        .to_owned()
}
