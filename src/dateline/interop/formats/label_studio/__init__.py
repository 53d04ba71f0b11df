"""Projects of Label Studio with any labelling page, as their JSON exports have them."""
