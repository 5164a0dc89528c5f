if __name__ == "__main__":
    try:
        main()
    except BadData as error:
        abandon(str(error))
