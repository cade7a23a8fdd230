//! Pictures: people's photos and a workspace's logo. Uploads are decoded and re-encoded, which strips metadata such
//! as location and time, and files appended to the image.
use crate::{Workspace, member::mine};
use base64::{Engine, engine::general_purpose::STANDARD};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder,
    imageops::FilterType,
};
use interpres_gate::{
    Action, Command, Granted, Office, Permission, Query, ReadTx, Refusal, WriteTx, async_trait,
    record, words,
};
use interpres_types::{Instant, Line, PictureId, Rule};
use serde::Serialize;
use std::io::Cursor;

/// The most bytes that a file may have.
const LARGEST_PICTURE: usize = 5 * 1024 * 1024;
/// The most pixels along a side, and bytes while it is decoded.
const SIDE: u32 = 10_000;
const ROOM: u64 = 160 * 1024 * 1024;
/// A photo's side, and the most that a logo has, in pixels.
const PHOTO: u32 = 256;
const LOGO: (u32, u32) = (480, 120);

words! {
    /// The media type of a picture.
    Media, "must be a kind of picture" {
        /// A photo.
        Jpeg = "image/jpeg", "JPEG";
        /// A logo.
        Png = "image/png", "PNG";
    }
}

record! {
    /// A picture as it is shown.
    pub struct Picture from NewPicture in "picture" by PictureId {
        /// Its media type.
        media: Media,
        /// Its bytes, in base64.
        body: String,
        /// When it was uploaded.
        made_at: Instant,
    }
}

/// A re-encoded picture, not yet saved.
#[derive(Debug)]
pub struct Drawn(Media, Vec<u8>);

fn read(bytes: &[u8]) -> Result<DynamicImage, Rule> {
    let unreadable = || Rule::new("must be a PNG or JPEG picture that is whole");
    if bytes.len() > LARGEST_PICTURE {
        return Err(Rule::new("must be at most 5 MB"));
    }
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| unreadable())?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        return Err(unreadable());
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(ROOM);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| unreadable())?;
    let turned = decoder.orientation().map_err(|_| unreadable())?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| unreadable())?;
    image.apply_orientation(turned);
    Ok(image)
}

impl Drawn {
    /// A photo: the center square. Takes up to a second: call it on a blocking thread.
    ///
    /// # Errors
    /// The problem with the file.
    pub fn photo(bytes: &[u8]) -> Result<Self, Rule> {
        let small = read(bytes)?
            .resize_to_fill(PHOTO, PHOTO, FilterType::Triangle)
            .into_rgb8();
        let mut out = Vec::new();
        JpegEncoder::new_with_quality(&mut out, 85)
            .encode_image(&small)
            .map_err(|_| Rule::new("could not be drawn"))?;
        Ok(Self(Media::Jpeg, out))
    }
    /// A logo: whole, scaled to the maximum size. As [`Drawn::photo`].
    ///
    /// # Errors
    /// The problem with the file.
    pub fn logo(bytes: &[u8]) -> Result<Self, Rule> {
        let image = read(bytes)?;
        let fits = image.width() <= LOGO.0 && image.height() <= LOGO.1;
        let small = if fits {
            image
        } else {
            image.resize(LOGO.0, LOGO.1, FilterType::Triangle)
        };
        let mut out = Cursor::new(Vec::new());
        small
            .into_rgba8()
            .write_to(&mut out, ImageFormat::Png)
            .map_err(|_| Rule::new("could not be drawn"))?;
        Ok(Self(Media::Png, out.into_inner()))
    }
}

/// Replaces a picture; the old one is deleted with its versions. Returns the new id.
async fn exchange(
    tx: &mut WriteTx,
    before: Option<PictureId>,
    drawn: Option<Drawn>,
) -> Result<Option<PictureId>, Refusal> {
    if let Some(before) = before {
        let (label, rule) = (
            Line::kept("a picture".into()),
            Line::kept("its owner took it away".into()),
        );
        tx.remove("picture", &before.to_string(), &label, &rule)
            .await?;
    }
    let Some(Drawn(media, bytes)) = drawn else {
        return Ok(None);
    };
    let picture = tx
        .blank(NewPicture {
            media,
            body: STANDARD.encode(bytes),
            made_at: tx.now(),
        })
        .await?;
    Ok(Some(tx.save(&picture).await?.id))
}

/// Sets one's photo, or takes it away.
#[derive(Debug)]
pub struct SetPhoto(pub Option<Drawn>);

#[async_trait]
impl Command for SetPhoto {
    const ACTION: Action = Action::ProfileSet;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let mut me = mine(tx).await?;
        me.photo = exchange(tx, me.photo, self.0).await?;
        tx.save(&me).await.map(drop)
    }
}

/// Sets the workspace's logo, or takes it away.
#[derive(Debug)]
pub struct SetLogo(pub Option<Drawn>);

#[async_trait]
impl Command for SetLogo {
    const ACTION: Action = Action::WorkspaceSet;
    type Outcome = ();
    async fn run(self, tx: &mut WriteTx, _: Granted<Self>) -> Result<(), Refusal> {
        let id = tx.actor().workspace();
        let mut workspace: Workspace = tx.find(id).await?;
        let before = workspace.office();
        let logo = exchange(tx, before.logo, self.0).await?;
        workspace.settings.0.put(&Office { logo, ..before });
        tx.save(&workspace).await.map(drop)
    }
}

/// A picture of the workspace.
#[derive(Debug)]
pub struct ShowPicture(pub PictureId);

/// A picture as it is sent.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// Its media type.
    pub media: Media,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

async fn shown(tx: &mut ReadTx, id: PictureId) -> Result<Shown, Refusal> {
    let picture: Picture = tx.find(id).await?;
    Ok(Shown {
        media: picture.media,
        bytes: STANDARD.decode(&picture.body).map_err(Refusal::fault)?,
    })
}

#[async_trait]
impl Query for ShowPicture {
    const ACTION: Action = Action::PictureShow;
    type View = Shown;
    async fn answer(self, tx: &mut ReadTx) -> Result<Shown, Refusal> {
        shown(tx, self.0).await
    }
}

/// The workspace's logo, for invoices.
#[derive(Debug)]
pub struct ShowLogo;

#[async_trait]
impl Query for ShowLogo {
    const ACTION: Action = Action::PictureShow;
    const PERMISSION: Permission = Permission::ViewInvoices;
    type View = Option<Shown>;
    async fn answer(self, tx: &mut ReadTx) -> Result<Option<Shown>, Refusal> {
        match tx.actor().office().logo {
            Some(logo) => shown(tx, logo).await.map(Some),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        DynamicImage::new_rgba8(width, height)
            .write_to(&mut out, ImageFormat::Png)
            .unwrap();
        out.into_inner()
    }

    #[test]
    fn a_photo_is_a_square_and_a_logo_keeps_its_shape() {
        let Drawn(media, photo) = Drawn::photo(&png(600, 300)).unwrap();
        let drawn = image::load_from_memory(&photo).unwrap();
        assert_eq!(
            (media, drawn.width(), drawn.height()),
            (Media::Jpeg, PHOTO, PHOTO)
        );
        for ((width, height), kept) in [
            ((960, 120), (480, 60)),
            ((100, 20), (100, 20)),
            ((20, 1_200), (2, 120)),
        ] {
            let Drawn(media, logo) = Drawn::logo(&png(width, height)).unwrap();
            let drawn = image::load_from_memory(&logo).unwrap();
            assert_eq!(
                (media, drawn.width(), drawn.height()),
                (Media::Png, kept.0, kept.1)
            );
        }
    }

    #[test]
    fn what_is_no_picture_is_refused_and_nothing_beside_the_picture_is_kept() {
        let cut = png(600, 300);
        for wrong in [
            b"".as_slice(),
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
            &cut[..cut.len() / 2],
            &vec![0; LARGEST_PICTURE + 1],
        ] {
            assert!(Drawn::photo(wrong).is_err() && Drawn::logo(wrong).is_err());
        }
        // A header that claims more pixels than allowed.
        let mut bomb = png(1, 1);
        bomb[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert!(Drawn::photo(&bomb).is_err());
        let mut with_more = png(30, 30);
        with_more.extend_from_slice(b"<script>Kanarya</script>");
        let Drawn(_, logo) = Drawn::logo(&with_more).unwrap();
        assert!(!logo.windows(7).any(|w| w == b"Kanarya"));
    }
}
