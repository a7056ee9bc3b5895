"""What comes back: mails read, bounces and replies told apart, tied to their letters, and doubted where doubt is due."""
