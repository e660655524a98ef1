"""Pictures of images: from previews and from originals, sized and encoded."""
