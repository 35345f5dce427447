"""The words of the onboarding pages in the languages they speak; what has no translation stays English."""

from collections.abc import Callable

LOCALES = ("en", "fr", "es")

# English → French, Spanish.
WORDS: dict[str, tuple[str, str]] = {
    "Skip to the form": ("Aller au formulaire", "Ir al formulario"),
    "Test mode: nothing here is real": ("Mode test : rien n’est réel ici", "Modo de prueba: nada es real aquí"),
    "Steps": ("Étapes", "Pasos"),
    "Done": ("Terminé", "Listo"),
    "Please check": ("Veuillez vérifier", "Revise lo siguiente"),
    "This could not be verified": ("Ceci n’a pas pu être vérifié", "Esto no se pudo verificar"),
    "On file. Leave empty to keep it.": (
        "Déjà enregistré. Laissez vide pour le conserver.",
        "Ya registrado. Déjelo vacío para conservarlo.",
    ),
    "Continue": ("Continuer", "Continuar"),
    "Use test data": ("Utiliser des données de test", "Usar datos de prueba"),
    "Save for later": ("Enregistrer pour plus tard", "Guardar para más tarde"),
    "Agree and submit": ("Accepter et envoyer", "Aceptar y enviar"),
    "Submit": ("Envoyer", "Enviar"),
    "Accept the agreements to continue.": (
        "Acceptez les accords pour continuer.",
        "Acepte los acuerdos para continuar.",
    ),
    "I accept the connected account agreement": (
        "J’accepte l’accord relatif au compte connecté",
        "Acepto el acuerdo de la cuenta conectada",
    ),
    "and the card issuing terms of the program and its bank": (
        "et les conditions d’émission de cartes du programme et de sa banque",
        "y las condiciones de emisión de tarjetas del programa y de su banco",
    ),
    "and confirm that what is stated here is complete and correct.": (
        "et je confirme que les informations données sont complètes et exactes.",
        "y confirmo que lo declarado es completo y correcto.",
    ),
    "Terms of service": ("Conditions d’utilisation", "Condiciones del servicio"),
    "Privacy policy": ("Politique de confidentialité", "Política de privacidad"),
    "Business": ("Entreprise", "Empresa"),
    "Type": ("Type", "Tipo"),
    "Country": ("Pays", "País"),
    "People": ("Personnes", "Personas"),
    "Not given": ("Non indiqué", "Sin indicar"),
    "not chosen": ("non choisi", "sin elegir"),
    "None": ("Aucune", "Ninguna"),
    "Still unfinished:": ("Encore incomplet :", "Aún incompleto:"),
    "You can submit now and come back later.": (
        "Vous pouvez envoyer maintenant et revenir plus tard.",
        "Puede enviar ahora y volver más tarde.",
    ),
    "List everyone who owns 25% or more of the business. Continue when nobody is missing.": (
        "Indiquez toute personne détenant 25 % ou plus de l’entreprise. Continuez quand la liste est complète.",
        "Indique a todas las personas que poseen el 25 % o más de la empresa. Continúe cuando no falte nadie.",
    ),
    "Representative": ("Représentant", "Representante"),
    "Unnamed": ("Sans nom", "Sin nombre"),
    "Nobody yet.": ("Personne pour l’instant.", "Nadie todavía."),
    "Add another owner": ("Ajouter un propriétaire", "Añadir otro propietario"),
    "Correct this owner": ("Corriger ce propriétaire", "Corregir este propietario"),
    "Save": ("Enregistrer", "Guardar"),
    "Bank account for payouts": ("Compte bancaire pour les virements", "Cuenta bancaria para los pagos"),
    "Account holder": ("Titulaire du compte", "Titular de la cuenta"),
    "Routing number": ("Numéro d’acheminement", "Número de ruta"),
    "Account number": ("Numéro de compte", "Número de cuenta"),
    "Add this owner": ("Ajouter ce propriétaire", "Añadir este propietario"),
    "These are all owners, continue": ("La liste est complète, continuer", "Están todos, continuar"),
    "Nothing is due": ("Rien n’est demandé", "No hay nada pendiente"),
    "Everything has been provided for": ("Tout a été fourni pour", "Todo está completo para"),
    "this business": ("cette entreprise", "esta empresa"),
    "Go back": ("Retour", "Volver"),
    "Your details": ("Vos informations", "Sus datos"),
    "Business type": ("Type d’entreprise", "Tipo de empresa"),
    "Business details": ("Informations sur l’entreprise", "Datos de la empresa"),
    "Owners": ("Propriétaires", "Propietarios"),
    "Documents": ("Documents", "Documentos"),
    "Review and submit": ("Vérifier et envoyer", "Revisar y enviar"),
    "Your account": ("Votre compte", "Su cuenta"),
    "Check what is on file and correct it where it has changed.": (
        "Vérifiez les informations enregistrées et corrigez ce qui a changé.",
        "Revise los datos registrados y corrija lo que haya cambiado.",
    ),
    "Information is needed": ("Des informations sont requises", "Se necesita información"),
    "Edit": ("Modifier", "Editar"),
    "On file": ("Enregistré", "Registrado"),
    "Nothing yet": ("Rien pour l’instant", "Nada todavía"),
    "Leave": ("Quitter", "Salir"),
    "Your details are saved": ("Vos informations sont enregistrées", "Sus datos están guardados"),
    "Everything asked for has been provided.": (
        "Tout ce qui était demandé a été fourni.",
        "Se ha proporcionado todo lo solicitado.",
    ),
    "Some information is still missing. You can go on at any time.": (
        "Il manque encore des informations. Vous pouvez continuer à tout moment.",
        "Aún falta información. Puede continuar en cualquier momento.",
    ),
    "Action required": ("Action requise", "Acción necesaria"),
    "Provide it now": ("Fournir maintenant", "Proporcionar ahora"),
    "past due": ("en retard", "vencido"),
    "currently due": ("à fournir maintenant", "pendiente ahora"),
    "needed later": ("à fournir plus tard", "necesario más adelante"),
    "1 detail": ("1 information", "1 dato"),
    "details": ("informations", "datos"),
    "Loading…": ("Chargement…", "Cargando…"),
    "This page belongs in a frame of your platform.": (
        "Cette page s’affiche dans un cadre de votre plateforme.",
        "Esta página va en un marco de su plataforma.",
    ),
    "Your session is being renewed…": ("Votre session est en cours de renouvellement…", "Renovando su sesión…"),
    "Not part of local Stripe": ("Ne fait pas partie de local Stripe", "No forma parte de local Stripe"),
    "Stripe shows this component here.": ("Stripe affiche ce composant ici.", "Stripe muestra este componente aquí."),
    "This link does not exist": ("Ce lien n’existe pas", "Este enlace no existe"),
    "This session has ended": ("Cette session est terminée", "Esta sesión ha terminado"),
    "There is no such page": ("Cette page n’existe pas", "Esta página no existe"),
    "Go back to where you came from and open onboarding from there again.": (
        "Revenez à la page précédente et ouvrez de nouveau l’inscription.",
        "Vuelva a la página anterior y abra de nuevo el registro.",
    ),
    "Choose a category": ("Choisir une catégorie", "Elija una categoría"),
    "Category": ("Catégorie", "Categoría"),
    "Type of business": ("Type d’entreprise", "Tipo de empresa"),
    "Company": ("Société", "Sociedad"),
    "Individual or sole proprietor": ("Particulier ou entrepreneur individuel", "Persona física o autónomo"),
    "Non-profit organization": ("Organisation à but non lucratif", "Organización sin ánimo de lucro"),
    "Legal name of the business": ("Raison sociale", "Razón social"),
    "Tax ID": ("Numéro fiscal", "Identificación fiscal"),
    "Business phone": ("Téléphone de l’entreprise", "Teléfono de la empresa"),
    "Street address": ("Adresse", "Dirección"),
    "Apartment, suite (optional)": ("Complément d’adresse (facultatif)", "Piso, puerta (opcional)"),
    "City": ("Ville", "Ciudad"),
    "State": ("État", "Estado"),
    "Postal code": ("Code postal", "Código postal"),
    "Industry": ("Secteur d’activité", "Sector"),
    "Website": ("Site web", "Sitio web"),
    "Legal first name": ("Prénom", "Nombre"),
    "Legal last name": ("Nom", "Apellidos"),
    "Day of birth": ("Jour de naissance", "Día de nacimiento"),
    "Month of birth": ("Mois de naissance", "Mes de nacimiento"),
    "Year of birth": ("Année de naissance", "Año de nacimiento"),
    "Email": ("E-mail", "Correo electrónico"),
    "Phone": ("Téléphone", "Teléfono"),
    "Job title": ("Fonction", "Cargo"),
    "Employer Identification Number (EIN)": (
        "Numéro d’identification d’employeur (EIN)",
        "Número de identificación de empleador (EIN)",
    ),
    "Revenue in the last fiscal year": (
        "Chiffre d’affaires du dernier exercice",
        "Ingresos del último ejercicio",
    ),
    "Whole currency units, for example 250000": (
        "En unités entières, par exemple 250000",
        "En unidades enteras, por ejemplo 250000",
    ),
    "Last day of that fiscal year": ("Dernier jour de cet exercice", "Último día de ese ejercicio"),
    "Share of the business you own, in percent (optional)": (
        "Part de l’entreprise que vous détenez, en pour cent (facultatif)",
        "Participación que usted posee, en porcentaje (opcional)",
    ),
    "Number of workers": ("Nombre de travailleurs", "Número de trabajadores"),
    "Share owned, in percent": ("Part détenue, en pour cent", "Participación, en porcentaje"),
    "Social Security number": ("Numéro de sécurité sociale (SSN)", "Número de la Seguridad Social (SSN)"),
}


def known(locale: str) -> str:
    """The language of a locale such as fr-CA when the pages speak it, otherwise English."""
    language = locale.strip().lower().replace("_", "-").partition("-")[0]
    return language if language in LOCALES else "en"


def preferred(accept_language: str) -> str:
    """The first language of the header that the pages speak."""
    for item in accept_language.split(","):
        language = item.partition(";")[0].strip().lower().partition("-")[0]
        if language in LOCALES:
            return language
    return "en"


def translator(locale: str) -> Callable[[str], str]:
    place = {"fr": 0, "es": 1}.get(locale)

    def translate(text: str) -> str:
        return WORDS[text][place] if place is not None and text in WORDS else text

    return translate
