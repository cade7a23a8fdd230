//! Letters go out in the language of whoever they are to.
use super::choose;
use crate::browser::Browser;
use interpres::mail::Post;
use interpres_accounts::forget_password;
use interpres_gate::Origin;
use interpres_testkit::{House, apply, story};

#[apply(story)]
async fn a_letter_is_in_the_language_that_whoever_it_goes_to_has_chosen(house: &House) {
    let mut ines = Browser::of(house).sign_in(house, "Ines").await;
    assert_eq!(choose(&mut ines, "es").await.status, 303);
    for who in ["ines", "dora"] {
        let address = format!("{who}@frontrange.example");
        forget_password(&house.gate, &address, Origin::default())
            .await
            .unwrap();
    }
    let folder = house.folder().join("letters");
    let post = Post::Folder(folder.clone());
    post.send_due(&house.gate, "http://localhost:8080")
        .await
        .unwrap();
    let letters: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let of = |who: &str| {
        letters
            .iter()
            .find(|letter| letter.contains(&format!("To: {who}@")) && letter.contains("/password/"))
            .unwrap()
    };
    let (spanish, english) = (of("ines"), of("dora"));
    assert!(
        spanish.contains("Subject: Elija una contraseña nueva")
            && spanish.contains("sirve una sola vez")
            && spanish.contains("http://localhost:8080/password/"),
        "{spanish}"
    );
    assert!(
        english.contains("Subject: Choose a new password") && english.contains("good once"),
        "{english}"
    );
}
