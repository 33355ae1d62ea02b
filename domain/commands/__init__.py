"""Commands on trees and workspaces, by what they are about: each one loads, decides and saves."""
